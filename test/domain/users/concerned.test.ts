import { describe, expect, test } from '@jest/globals'
import { concernedPlaces } from '../../../src/domain/users/concerned.ts'

const acme = { on: 'company:acme', role: 'reporter' } as const
const other = { on: 'company:other', role: 'guest' } as const
const project = { on: 'project:p', role: 'developer' } as const
const ada = { live: true, name: 'Ada', bindings: [acme, other, project] } as const

describe('a change of a person concerns', () => {
  test.each([
    ['a company where a role is given', { bindings: [acme, project] }, {}, [other.on]],
    ['a company where a role is taken', {}, { bindings: [other, project] }, [acme.on]],
    [
      'the project where a role becomes another',
      {},
      { bindings: [acme, other, { ...project, role: 'maintainer' }] },
      [project.on],
    ],
    [
      'all of them when they are called otherwise',
      { name: 'A' },
      {},
      [acme.on, other.on, project.on],
    ],
    ['all of them when they go', {}, { live: false }, [acme.on, other.on, project.on]],
    ['nobody when nothing that companies see is different', {}, {}, []],
  ])('%s', (_, before, after, places) => {
    expect(concernedPlaces({ ...ada, ...after }, { ...ada, ...before })).toEqual(places)
  })

  test('all places where they are bound when they come', () => {
    expect(concernedPlaces(ada)).toEqual([acme.on, other.on, project.on])
  })
})
