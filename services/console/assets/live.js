// Keeps the overview up to date: listens to /events, fetches the fragment again and puts it in place. The page is whole
// without it. What it writes are texts that the page carries in its own language.
const region = document.querySelector('[data-live]')
const bar = document.querySelector('[data-live-bar]')
const state = document.querySelector('[data-live-state]')
const toggle = document.querySelector('[data-live-toggle]')
const news = document.querySelector('[data-live-news]')

const EVERY_MS = 1000
let paused = false
let connected = true
let running = false
let again = false
let announced

const rowsOf = (root) => [...root.querySelectorAll('tr[data-handoff]')].map((row) => row.dataset.handoff)

function show() {
  const kind = paused ? 'paused' : connected ? 'on' : 'lost'
  bar.dataset.kind = kind
  state.textContent = state.dataset[kind]
  toggle.textContent = paused ? toggle.dataset.resume : toggle.dataset.pause
}

// One announcement for what came within two seconds: a reader is told, not flooded.
let fresh = 0
function announce(count) {
  fresh += count
  clearTimeout(announced)
  announced = setTimeout(() => {
    const { one, other, changed } = news.dataset
    news.textContent = fresh === 0 ? changed : fresh === 1 ? one : other.replace('{n}', String(fresh))
    fresh = 0
  }, 2000)
}

// Where the reader is stays where it is: focus by the link's address, and how far each table was scrolled.
function swap(markup) {
  const before = new Set(rowsOf(region))
  const focused = region.contains(document.activeElement) ? document.activeElement : null
  const address = focused?.getAttribute('href')
  const label = focused?.getAttribute('aria-label')
  const left = region.querySelector('.wide')?.scrollLeft ?? 0
  const next = new DOMParser().parseFromString(markup, 'text/html')
  region.replaceChildren(...next.body.childNodes)
  const wide = region.querySelector('.wide')
  if (wide) wide.scrollLeft = left
  if (focused) {
    const same = [...region.querySelectorAll('a, [tabindex]')].find(
      (each) => each.getAttribute('href') === address && each.getAttribute('aria-label') === label,
    )
    same?.focus({ preventScroll: true })
  }
  const added = rowsOf(region).filter((id) => !before.has(id))
  for (const id of added) region.querySelector(`tr[data-handoff="${CSS.escape(id)}"]`)?.classList.add('fresh')
  announce(added.length)
}

async function refresh() {
  if (running) {
    again = true
    return
  }
  running = true
  try {
    const answer = await fetch(region.dataset.live, { credentials: 'same-origin', cache: 'no-store' })
    if (answer.ok) swap(await answer.text())
  } catch {
    // The stream tells when the server is gone, and when it is back.
  }
  await new Promise((resolve) => setTimeout(resolve, EVERY_MS))
  running = false
  if (again) {
    again = false
    changed()
  }
}

function changed() {
  if (paused) bar.dataset.missed = 'true'
  else void refresh()
}

// A stream is held only while the page is looked at: browsers allow six connections to one server, pages among them.
const RETRY_MS = 5000
let events
let stale = false

function disconnect() {
  events?.close()
  events = undefined
  stale = true
}

function connect() {
  if (events || document.hidden) return
  const stream = new EventSource('/events')
  events = stream
  stream.addEventListener('changed', changed)
  stream.addEventListener('ready', () => {
    connected = true
    show()
    // What happened while nobody listened.
    if (stale) changed()
    stale = false
  })
  stream.addEventListener('error', () => {
    connected = false
    stale = true
    show()
    if (stream.readyState !== EventSource.CLOSED || stream !== events) return
    events = undefined
    setTimeout(connect, RETRY_MS)
  })
}

if (region && bar && state && toggle && news) {
  toggle.addEventListener('click', () => {
    paused = !paused
    show()
    if (!paused && bar.dataset.missed) {
      delete bar.dataset.missed
      void refresh()
    }
  })
  document.addEventListener('visibilitychange', () => (document.hidden ? disconnect() : connect()))
  addEventListener('pagehide', disconnect)
  addEventListener('pageshow', connect)
  bar.hidden = false
  show()
  connect()
}
