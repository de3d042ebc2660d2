import { base64url, decodeJwt, exportJWK, generateKeyPair, importJWK, type JWTPayload, SignJWT } from 'jose'
import { testEnv } from './env.ts'

type Header = { alg: string; [name: string]: unknown }
type Key = Awaited<ReturnType<typeof importJWK>> | Uint8Array

const KEY = JSON.parse(testEnv().SESSION_KEYS).keys[0] as { kid: string; x: string; [member: string]: string }
const HEADER: Header = { alg: 'EdDSA', typ: 'at+jwt', kid: KEY.kid }

async function sign(claims: JWTPayload, header: Partial<Header> = {}, key?: Key): Promise<string> {
  const signing = key ?? (await importJWK(KEY, 'EdDSA'))
  return new SignJWT(claims).setProtectedHeader({ ...HEADER, ...header }).sign(signing)
}

/** Another session of the same owner, really signed: what the API would have issued. */
export async function siblingToken(token: string, sessionId: string): Promise<string> {
  return sign({ ...decodeJwt(token), sid: sessionId })
}

const unsigned = (header: Header, token: string) =>
  `${base64url.encode(JSON.stringify(header))}.${token.split('.')[1]}.`

const without = (token: string, claim: string): JWTPayload => ({ ...decodeJwt(token), [claim]: undefined })

const seconds = (fromNow: number) => Math.floor(Date.now() / 1000) + fromNow

/**
 * Tokens that are no good. Each claims to be the owner of `token`, the real one, so that taking it would show the
 * owner's things.
 */
export const forgeries: Readonly<Record<string, (token: string) => string | Promise<string>>> = {
  'an expired token': (token) => sign({ ...decodeJwt(token), exp: seconds(-60) }),
  'a token from tomorrow': (token) => sign({ ...decodeJwt(token), nbf: seconds(86_400) }),
  'alg none': (token) => unsigned({ ...HEADER, alg: 'none' }, token),
  'alg none and an empty header': (token) => unsigned({ alg: 'none' }, token),
  'a token cut off before its signature': (token) => token.slice(0, token.lastIndexOf('.') + 1),
  'changed claims under the old signature': (token) => {
    const [header, , signature] = token.split('.')
    const claims = { ...decodeJwt(token), exp: seconds(400 * 86_400) }
    return `${header}.${base64url.encode(JSON.stringify(claims))}.${signature}`
  },
  'HS256 keyed with the bytes of the public key': (token) =>
    sign(decodeJwt(token), { alg: 'HS256' }, base64url.decode(KEY.x)),
  'HS256 keyed with the text of the public key': (token) =>
    sign(decodeJwt(token), { alg: 'HS256' }, new TextEncoder().encode(KEY.x)),
  'our signature under a foreign kid': (token) => sign(decodeJwt(token), { kid: 'elsewhere-1' }),
  'our signature without a kid': (token) => sign(decodeJwt(token), { kid: undefined }),
  'a foreign signature under our kid': async (token) => sign(decodeJwt(token), {}, (await foreignKey()).privateKey),
  'a key of its own in the header (jwk)': async (token) => {
    const { privateKey, publicKey } = await foreignKey()
    return sign(decodeJwt(token), { jwk: await exportJWK(publicKey), kid: undefined }, privateKey)
  },
  'a key of its own in the header under our kid': async (token) => {
    const { privateKey, publicKey } = await foreignKey()
    return sign(decodeJwt(token), { jwk: await exportJWK(publicKey) }, privateKey)
  },
  'an address of a key set in the header (jku)': async (token) =>
    sign(decodeJwt(token), { jku: 'https://evil.example/jwks.json' }, (await foreignKey()).privateKey),
  'another issuer': (token) => sign({ ...decodeJwt(token), iss: 'elsewhere' }),
  'another audience': (token) => sign({ ...decodeJwt(token), aud: 'admin' }),
  'another type': (token) => sign(decodeJwt(token), { typ: 'JWT' }),
  'no expiry': (token) => sign(without(token, 'exp')),
  'no session id': (token) => sign(without(token, 'sid')),
  'no subject': (token) => sign(without(token, 'sub')),
  'a staff key’s id as its subject': (token) => sign({ ...decodeJwt(token), sub: 'key_00000000000000000000000000' }),
  'a word': () => 'letmein',
}

function foreignKey() {
  return generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
}
