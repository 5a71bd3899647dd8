/** Container, compose file and chart: linted, rendered, checked against their schemas, and what they must never say. */
import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { partnerPrincipal } from '#adapters/kafka/declaration.ts'
import { METRICS } from '#adapters/telemetry/metric-table.ts'
import { parseOin } from '#core/ids.ts'
import { up } from '#services/cli/commands/up.ts'
import { SERVICES } from '#services/cli/running/start-services.ts'
import { dashboards } from '../../infra/generate/dashboards.ts'
import { ROOT } from '../rooms/source-files.ts'

const TOOLS = join(ROOT, '.cache/tools')
const VENV = join(TOOLS, 'venv/bin')
const CHART = 'infra/kubernetes/schakel'
const COMPOSE = 'infra/compose/compose.yaml'
const ready = existsSync(join(TOOLS, 'crds/KafkaUser.json'))
const folder = mkdtempSync(join(tmpdir(), 'schakel-deployment-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

if (!ready) {
  const reason = 'NOT RUN: no deployment tools; bash .ci/deployment-tools brings them'
  if (process.env['CI'] === 'true') throw new Error(reason)
  console.error(reason)
}

interface Run {
  readonly code: number | null
  readonly said: string
}

function run(command: string, args: readonly string[], env: Record<string, string> = {}): Run {
  const made = spawnSync(command, args, {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    env: { ...process.env, ...env },
  })
  return { code: made.status, said: `${made.stdout}${made.stderr}` }
}

// biome-ignore lint/suspicious/noExplicitAny: documents of others, looked into by path.
type Document = any

function render(values: object): { readonly faults: readonly string[]; readonly documents: Document[] } {
  const args = ['test/system/render-chart.py', CHART, join(TOOLS, 'crds'), JSON.stringify(values)]
  const text = execFileSync(join(VENV, 'python'), args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 << 20 })
  return JSON.parse(text)
}

const FULL = {
  partners: [{ oin: '00000099000000000015' }, { oin: '00000099000000000016', suspended: true }],
  monitoring: { enabled: true },
  founding: { enabled: true },
  gateway: { from: [{ ipBlock: { cidr: '10.0.0.0/8' } }] },
  network: { partners: [{ ipBlock: { cidr: '10.0.0.0/8' } }] },
}
const OWN_BROKERS = { kafka: { strimzi: false, create: false, caSecret: 'kafka-ca' } }

describe.runIf(ready)('container', () => {
  const text = readFileSync(join(ROOT, 'infra/container/Containerfile'), 'utf8')

  it('has nothing a linter finds', () => {
    expect(run(join(VENV, 'hadolint'), ['infra/container/Containerfile'])).toEqual({ code: 0, said: '' })
  })

  it('runs as nobody and takes nothing into its context that it does not copy', () => {
    const final = text.slice(text.lastIndexOf('\nFROM '))
    expect(final).toMatch(/^USER 65532:65532$/m)
    const copied = [...text.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap((match) =>
      (match[1] ?? '').split(' '),
    )
    const allowed = [...readFileSync(join(ROOT, '.containerignore'), 'utf8').matchAll(/^!(.+)$/gm)]
    expect([...new Set(copied)].sort()).toEqual(allowed.map((match) => match[1]).sort())
    for (const path of copied) expect(existsSync(join(ROOT, path)), path).toBe(true)
  })
})

/** What the image holds, in a folder: the copied paths, modules without those for development, the Node of the lock file. */
function assemble(image: string): string {
  const text = readFileSync(join(ROOT, 'infra/container/Containerfile'), 'utf8')
  const app = join(image, 'app')
  for (const [, paths = ''] of text.matchAll(/^COPY (?!--from)(.+) \S+$/gm))
    for (const path of paths.split(' ')) cpSync(join(ROOT, path), join(app, path), { recursive: true })
  const args = ['ci', '--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund', '--prefix', app]
  const installed = run('npm', args, { NODE_ENV: '' })
  expect(installed.code, installed.said).toBe(0)
  const modules = join(app, 'node_modules')
  const [own = ''] = readdirSync(modules).filter((name) => name.startsWith('node-linux-'))
  cpSync(join(modules, own, 'bin/node'), join(image, 'node'))
  rmSync(join(modules, own), { recursive: true })
  return app
}

describe.runIf(ready)('what the image holds', () => {
  it('plays a story as nobody, with nothing to write but its data', { timeout: 300_000 }, () => {
    const image = join(folder, 'image')
    const app = assemble(image)
    const data = join(image, 'data')
    mkdirSync(data)
    const nobody = process.getuid?.() === 0 ? ['--reuid=65532', '--regid=65532', '--clear-groups'] : []
    chmodSync(folder, 0o755)
    run('chmod', ['-R', 'a+rX,a-w', app, join(image, 'node')])
    if (nobody.length > 0) chownSync(data, 65532, 65532)
    const args = ['up', '--story', 'S0', '--once', '--port', '0', '--console-port', '0', '--data', data]
    const made = run(
      'setpriv',
      [...nobody, join(image, 'node'), join(app, 'services/cli/main.ts'), ...args],
      {
        HOME: '/nonexistent',
        NODE_OPTIONS: '',
        NODE_ENV: 'production',
      },
    )
    expect(made.code, made.said).toBe(0)
    expect(existsSync(join(data, 'ledger/checkpoint'))).toBe(true)
    if (nobody.length > 0) expect(statSync(join(data, 'log.db')).uid).toBe(65532)
    run('chmod', ['-R', 'u+w', image])
  })
})

describe.runIf(ready)('compose', () => {
  const env = { SCHAKEL_UID: '1000', SCHAKEL_GID: '1000', SCHAKEL_CLUSTER_ID: 'AAAAAAAAAAAAAAAAAAAAAA' }
  const rendered = () => {
    const args = ['-f', COMPOSE, '--env-file', '/dev/null', 'config', '--format', 'json']
    const made = spawnSync(join(VENV, 'docker-compose'), args, {
      cwd: ROOT,
      encoding: 'utf8',
      env: { ...process.env, ...env },
    })
    expect(made.status, made.stderr).toBe(0)
    return JSON.parse(made.stdout) as Document
  }

  it('keeps to the Compose schema, and refuses to start as nobody in particular', () => {
    const check = run(join(VENV, 'check-jsonschema'), ['--builtin-schema', 'vendor.compose-spec', COMPOSE])
    expect(check.code, check.said).toBe(0)
    const bare = run(join(VENV, 'docker-compose'), ['-f', COMPOSE, '--env-file', '/dev/null', 'config', '-q'])
    expect(bare.code).not.toBe(0)
  })

  it('every container is read-only, without capabilities, bounded, and not root', () => {
    for (const [name, one] of Object.entries<Document>(rendered().services)) {
      expect(one.read_only, name).toBe(true)
      expect(one.cap_drop, name).toEqual(['ALL'])
      expect(one.security_opt, name).toEqual(['no-new-privileges:true'])
      expect(one.user, name).toBe('1000:1000')
      expect(Number(one.mem_limit), name).toBeGreaterThan(0)
      expect(one.pids_limit, name).toBeGreaterThan(0)
      expect(one.privileged ?? false, name).toBe(false)
      expect(one.image, name).toMatch(/:(?!latest$)[\w.-]+$/)
    }
  })

  it('a service holds the key and password of its own identity only', () => {
    for (const [name, one] of Object.entries<Document>(rendered().services)) {
      const service = SERVICES.find((each) => one.command?.[0] === 'up' && one.command[1] === each)
      if (!service) continue
      const own = service === 'keeper' ? 'operator' : service
      const sources: string[] = one.secrets.map((each: Document) => each.source)
      const shared = /^(?:kafka-ca|postgres-ca|partner-ca|wrapping-keys|tls-(?:key|cert))$/
      const identity = sources.filter((source) => !shared.test(source)).sort()
      expect(identity, name).toEqual([`${own}-cert`, `${own}-key`, `password-${own}`].sort())
      if (!['gateway', 'courier'].includes(service)) expect(sources, name).not.toContain('tls-key')
    }
  })

  it('only partners reach the gateways and brokers; the page and the management ports are not published', () => {
    const { services, networks } = rendered()
    expect(networks.inner.internal).toBe(true)
    expect(networks.metrics.internal).toBe(true)
    for (const [name, one] of Object.entries<Document>(services)) {
      for (const port of one.ports ?? []) {
        expect([7480, 7490, 9091, 9093, 5432, 8080], name).not.toContain(port.target)
        if (['prometheus', 'grafana'].includes(name)) expect(port.host_ip, name).toBe('127.0.0.1')
      }
    }
  })

  it('names a process for each service', () => {
    const started = Object.values<Document>(rendered().services).map((one) => one.command?.[1])
    for (const service of SERVICES) expect(started).toContain(service)
  })
})

describe.runIf(ready)('chart', () => {
  it.each([
    ['as it comes', {}],
    ['with everything', FULL],
    ['on brokers of one’s own', OWN_BROKERS],
  ])('%s: no fault of Helm, Kubernetes or Strimzi', (_, values) => {
    const { faults, documents } = render(values)
    expect(faults).toEqual([])
    expect(documents.length).toBeGreaterThan(20)
  })

  it.each([
    ['the tag latest', { image: { tag: 'latest' } }],
    ['an OIN that is none', { partners: [{ oin: '15' }] }],
    ['two replicas of the ledger', { services: { ledger: { replicas: 2 } } }],
    ['one replica of a record', { kafka: { replicas: 1 } }],
    ['17 exchanges', { services: { exchange: { replicas: 17 } } }],
    ['a value nobody reads', { passwords: 'x' }],
  ])('refuses %s', (_, values) => {
    expect(render(values).faults.length).toBeGreaterThan(0)
  })

  it('writes no secret and gives no pod more than it needs', () => {
    for (const document of render(FULL).documents) {
      expect(document.kind).not.toBe('Secret')
      const pod = document.spec?.template?.spec
      if (!pod?.containers) continue
      expect(pod.automountServiceAccountToken).toBe(false)
      expect(pod.securityContext).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      })
      expect(pod.hostNetwork ?? pod.hostPID ?? pod.hostIPC).toBeUndefined()
      for (const volume of pod.volumes) expect(volume.hostPath).toBeUndefined()
      for (const container of pod.containers) {
        const { securityContext, resources, env = [] } = container
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          runAsNonRoot: true,
          capabilities: { drop: ['ALL'] },
        })
        expect(resources.limits.memory).toBeDefined()
        for (const one of env) expect(one.valueFrom?.secretKeyRef).toBeUndefined()
      }
    }
  })

  it('lets nothing in or out that is not named', () => {
    const policies = render(FULL).documents.filter((one) => one.kind === 'NetworkPolicy')
    const [nothing] = policies.filter((one) => one.metadata.name === 'schakel-nothing')
    expect(nothing.spec).toEqual({
      podSelector: {
        matchLabels: { 'app.kubernetes.io/name': 'schakel', 'app.kubernetes.io/instance': 'schakel' },
      },
      policyTypes: ['Ingress', 'Egress'],
    })
    for (const service of SERVICES) {
      const [policy] = policies.filter((one) => one.metadata.name === `schakel-${service}`)
      const doors = policy.spec.ingress.flatMap((one: Document) =>
        one.ports.map((each: Document) => each.port),
      )
      expect(doors, service).toEqual(service === 'gateway' ? [7490, 7400] : [7490])
      for (const rule of [...policy.spec.ingress, ...policy.spec.egress]) {
        expect((rule.from ?? rule.to).length, service).toBeGreaterThan(0)
        expect(rule.ports.length, service).toBeGreaterThan(0)
      }
    }
  })

  it('partners have the principal that brokers make of their OIN; a suspended one has no user', () => {
    const users = render(FULL).documents.filter((one) => one.kind === 'KafkaUser')
    const names: string[] = users.map((one) => one.metadata.name)
    expect(names).toContain(partnerPrincipal(parseOin('00000099000000000015', '/oin')))
    expect(names).not.toContain(partnerPrincipal(parseOin('00000099000000000016', '/oin')))
  })
})

describe.runIf(ready)('text', () => {
  it('call `schakel up` with options that it has', () => {
    const compose = readFileSync(join(ROOT, COMPOSE), 'utf8')
    const chart = readFileSync(join(ROOT, CHART, 'templates/services.yaml'), 'utf8')
    const lines = compose.split('\n').filter((line) => line.includes('command: [up, '))
    const named = [...lines.join('\n').matchAll(/--([a-z-]+)/g), ...chart.matchAll(/^ +- --([a-z-]+)$/gm)]
    expect(named.length).toBeGreaterThan(20)
    const known = Object.keys(up.options ?? {})
    expect(
      [...new Set(named.map((match) => match[1] ?? ''))].filter((name) => !known.includes(name)),
    ).toEqual([])
  })

  it('YAML is well formed, also where only programs look', () => {
    const files = [
      COMPOSE,
      'infra/compose/prometheus.yaml',
      `${CHART}/values.yaml`,
      `${CHART}/files/alerts.yaml`,
    ]
    const rules =
      '{extends: default, rules: {line-length: disable, braces: disable, comments: {min-spaces-from-content: 1}}}'
    const { code, said } = run(join(VENV, 'yamllint'), ['--strict', '-d', rules, ...files])
    expect(code, said).toBe(0)
  })
})

describe.runIf(ready)('alerts and dashboards', () => {
  const promtool = join(TOOLS, 'deb/usr/bin/promtool')
  const expressions = dashboards().flatMap(({ json }) =>
    (json as Document).panels.flatMap((panel: Document) =>
      panel.targets.map((one: Document) => one.expr as string),
    ),
  )

  it('Prometheus takes every rule and every expression', () => {
    const rules = expressions.map(
      (expr, index) => `      - record: panel:${index}\n        expr: ${JSON.stringify(expr)}`,
    )
    const file = join(folder, 'panels.yaml')
    writeFileSync(file, `groups:\n  - name: panels\n    rules:\n${rules.join('\n')}\n`)
    const { code, said } = run(promtool, ['check', 'rules', `${CHART}/files/alerts.yaml`, file])
    expect(code, said).toBe(0)
    expect(said).toContain(`${expressions.length} rules found`)
  })

  it('name metrics that are told, with labels that they have', () => {
    for (const expr of expressions) {
      const names = [...expr.matchAll(/schakel_[a-z_]+/g)].map(([name]) => name)
      expect(names.length, expr).toBeGreaterThan(0)
      for (const name of names)
        expect(Object.keys(METRICS), expr).toContain(name.replace(/(?<=seconds)_(?:bucket|sum|count)$/, ''))
    }
  })

  it('every metric that rings has a rule', () => {
    const text = readFileSync(join(ROOT, CHART, 'files/alerts.yaml'), 'utf8')
    const ringing = Object.values(METRICS).filter(({ alert }) => alert !== null)
    expect([...text.matchAll(/- alert: /g)].length).toBe(ringing.length)
  })

  it('Grafana finds each dashboard once, by its file', () => {
    const files = readdirSync(join(ROOT, CHART, 'files/dashboards'))
    const ids = files.map(
      (file) => JSON.parse(readFileSync(join(ROOT, CHART, 'files/dashboards', file), 'utf8')).uid,
    )
    expect(new Set(ids).size).toBe(5)
  })
})
