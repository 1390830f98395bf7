import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { expect, test } from '@jest/globals'
import { Held } from '../../src/http/held.ts'

const answer = () => new ServerResponse(new IncomingMessage(new Socket()))

test('of long lists that wait for readers, those that began first are cut off where they are too much together', () => {
  const held = new Held(100)
  const [first, second, third, fourth] = [answer(), answer(), answer(), answer()]
  held.hold(first, 20)
  held.hold(second, 40)
  held.hold(third, 20)
  held.hold(first, 20)
  expect([first, second, third].map(({ destroyed }) => destroyed)).toEqual([false, false, false])
  held.hold(fourth, 50)
  expect([first, second, third, fourth].map(({ destroyed }) => destroyed)).toEqual([
    true,
    true,
    false,
    false,
  ])
})

test('a long list that was read to its end, or whose reader is gone, is counted no more', () => {
  const held = new Held(100)
  const [first, second, third] = [answer(), answer(), answer()]
  held.hold(first, 60)
  first.emit('close')
  held.hold(second, 60)
  held.hold(third, 40)
  expect([second, third].map(({ destroyed }) => destroyed)).toEqual([false, false])
})

test('a list that is too long for all the room is sent all the same, alone', () => {
  const held = new Held(100)
  const [first, second] = [answer(), answer()]
  held.hold(first, 60)
  held.hold(second, 300)
  expect([first, second].map(({ destroyed }) => destroyed)).toEqual([true, false])
})
