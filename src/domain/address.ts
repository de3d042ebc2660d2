/** A postal address. `country` is ISO 3166-1 alpha-2, `region` the suffix of ISO 3166-2 ("CA", "NSW"). */
export interface Address {
  first_name: string
  last_name: string
  company: string | null
  line1: string
  line2: string | null
  city: string
  region: string | null
  postal_code: string
  country: string
  phone: string | null
}

/** The form in which e-mail addresses are compared: trimmed, lower case. Never shown, never sent to. */
export function normaliseEmail(email: string): string {
  return email.trim().toLowerCase()
}
