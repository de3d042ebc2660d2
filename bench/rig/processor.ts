import { readdirSync, readFileSync } from 'node:fs'

// Linux counts in ticks of a hundredth of a second (sysconf _SC_CLK_TCK).
const TICK_SECONDS = 0.01

/** Seconds of processor time that the workerd which this process has started has used so far; null off Linux. */
export function workerdSeconds(): number | null {
  const pid = findWorkerd()
  if (pid === null) return null
  // After the name in parentheses: state, parent, ...; utime and stime are the 14th and 15th of all (proc(5)).
  const fields = stat(pid).fields
  return (Number(fields[11]) + Number(fields[12])) * TICK_SECONDS
}

function findWorkerd(): string | null {
  let pids: string[]
  try {
    pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  } catch {
    return null
  }
  const own = String(process.pid)
  return pids.find((pid) => isChild(pid, own)) ?? null
}

function isChild(pid: string, parent: string): boolean {
  try {
    const { name, fields } = stat(pid)
    return name === 'workerd' && fields[1] === parent
  } catch {
    // It has ended meanwhile.
    return false
  }
}

function stat(pid: string): { name: string; fields: string[] } {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const end = text.lastIndexOf(')')
  return { name: text.slice(text.indexOf('(') + 1, end), fields: text.slice(end + 2).split(' ') }
}
