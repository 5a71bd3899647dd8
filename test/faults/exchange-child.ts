/** A process that runs one exchange and kills itself (SIGKILL) at the port call it is told: `<folder> <number> <before|after>`. */
import { realCodecs } from '../support/record-codecs.ts'
import { runToRest } from '../support/sqlite-exchange.ts'

const [directory = '', at = '-1', when = 'before'] = process.argv.slice(2)
let calls = 0

await runToRest(directory, await realCodecs(), (_name, moment) => {
  if (moment === when && calls === Number(at)) process.kill(process.pid, 'SIGKILL')
  if (moment === 'after') calls += 1
})
console.log(calls)
