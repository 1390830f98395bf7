import { registerAccount } from '../../../domain/accounts/register.ts'
import { CreatedClient, RegisterClient, registeredAs } from '../client-schemas.ts'
import * as view from '../clients.ts'
import { strangerRoute } from '../route.ts'

/** Registration (RFC 7591) of clients that may do nothing, where the settings switch it on. */
export const registerRoutes = [
  strangerRoute({
    method: 'POST',
    path: '/register',
    name: 'registerClient',
    summary: 'Register a client that may do nothing yet, where the settings let anybody',
    action: 'none',
    clientKey: 'optional',
    body: RegisterClient,
    calls: registeredAs,
    problems: ['registration.closed', 'registration.throttled', 'key.invalid'],
    replies: { 201: CreatedClient },
    answer: async ({ context, terms, giveBack }, { body }) => {
      try {
        const made = await registerAccount(context, terms, view.registerInput(body))
        return [201, view.createdClient(made, body)]
      } catch (error) {
        giveBack()
        throw error
      }
    },
  }),
]
