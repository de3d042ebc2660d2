// npm run -s keys                    a new value for the secret SESSION_KEYS
// npm run -s keys -- '<old value>'   a rotation: the new key signs, the old ones still verify

import { makeSessionKeys } from './local/session-keys.ts'

console.log(await makeSessionKeys(process.argv[2]))
