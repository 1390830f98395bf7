import { companyPlace, idOf, levelOf, type Place, partsOf, projectPlace } from '../access/places.ts'
import type { Store } from '../store.ts'

type Reader = Pick<Store, 'get' | 'find'>

async function isProjectThere(store: Reader, id: string): Promise<boolean> {
  const project = await store.get('project', id)
  return project?.live === true && (await isThere(store, companyPlace(project.company)))
}

async function isEnvironmentThere(store: Reader, id: string): Promise<boolean> {
  const [projectId, envId = ''] = partsOf(id)
  const environment = await store.find('environment', 'envId', `${projectId}\u0000${envId}`)
  return environment?.live === true && (await isThere(store, projectPlace(projectId)))
}

/** Whether a place and all that is above it live, by the store: what is remembered may be old. */
export async function isThere(store: Reader, on: Place): Promise<boolean> {
  switch (levelOf(on)) {
    case 'root':
      return true
    case 'company':
      return (await store.get('company', idOf(on)))?.live === true
    case 'project':
      return await isProjectThere(store, idOf(on))
    case 'environment':
      return await isEnvironmentThere(store, idOf(on))
  }
}
