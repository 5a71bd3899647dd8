import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createCa } from '#adapters/pki/create-ca.ts'
import { issueServiceCertificate } from '#adapters/pki/issue-service-certificate.ts'
import type { PkiPorts } from '#adapters/pki/ports.ts'
import type { BrokerSecurity } from './run-brokers.ts'

/** Every identity of our own on the cluster; `broker` and `admin` are its super users. */
export const CLUSTER_IDENTITIES = [
  'broker',
  'admin',
  'operator',
  'gateway',
  'exchange',
  'ledger',
  'courier',
  'console',
] as const

/**
 * Makes the folder of a cluster's identities, once: `ca.pem`, `<identity>.cert.pem` and `<identity>.key.pem` for each, files
 * 0600. It appears whole or not at all. `partnerCa`: PEM of who issues the partners' certificates. For development: in
 * production each key is made where it is used.
 */
export async function clusterPki(
  ports: PkiPorts,
  folder: string,
  partnerCa: string,
): Promise<BrokerSecurity> {
  if (!existsSync(folder)) {
    const fresh = `${folder}.new`
    await rm(fresh, { recursive: true, force: true })
    await mkdir(fresh, { recursive: true, mode: 0o700 })
    const write = (name: string, text: string) => writeFile(join(fresh, name), text, { mode: 0o600 })
    const ca = createCa(ports, { commonName: 'Schakel development cluster CA' })
    await write('ca.pem', ca.certPem)
    for (const name of CLUSTER_IDENTITIES) {
      const { certPem, keyPem } = issueServiceCertificate(ports, ca, { name })
      await write(`${name}.cert.pem`, certPem)
      await write(`${name}.key.pem`, keyPem)
      if (name === 'broker') await write('broker.keystore.pem', `${keyPem}${certPem}`)
    }
    await rename(fresh, folder)
  }
  await writeFile(join(folder, 'partner-ca.pem'), partnerCa, { mode: 0o600 })
  const read = (name: string) => readFile(join(folder, name), 'utf8')
  return {
    keystore: join(folder, 'broker.keystore.pem'),
    serviceCa: join(folder, 'ca.pem'),
    partnerCa: join(folder, 'partner-ca.pem'),
    admin: {
      ca: await read('ca.pem'),
      cert: await read('admin.cert.pem'),
      key: await read('admin.key.pem'),
    },
  }
}
