// Fetches a part of the page again and puts it in place, as long as the part asks for it: data-follow is its address, data-every
// the seconds between. The page is whole without it, and says how to look again. Focus, and what the reader opened, stay.
const region = document.querySelector('[data-follow]')

const keyOf = (element) =>
  element?.getAttribute('href') ?? element?.getAttribute('aria-label') ?? element?.textContent

function swap(markup) {
  const next = new DOMParser().parseFromString(markup, 'text/html')
  const focused = region.contains(document.activeElement) ? keyOf(document.activeElement) : null
  const open = [...region.querySelectorAll('details')].map((each) => each.open)
  region.replaceChildren(...next.body.childNodes)
  for (const [index, each] of [...region.querySelectorAll('details')].entries())
    each.open = open[index] ?? false
  if (focused !== null) {
    const same = [...region.querySelectorAll('a, button, summary, [tabindex]')].find(
      (each) => keyOf(each) === focused,
    )
    same?.focus({ preventScroll: true })
  }
}

async function follow() {
  // Whoever is away needs nothing new; a selection is not taken from under the reader.
  if (document.visibilityState === 'visible' && document.getSelection()?.isCollapsed !== false) {
    try {
      const answer = await fetch(region.dataset.follow, { headers: { accept: 'text/html' } })
      if (answer.ok) swap(await answer.text())
    } catch {
      // The next turn tries again.
    }
  }
  if (region.querySelector('[data-ended]') === null) setTimeout(follow, 1000 * Number(region.dataset.every))
}

if (region && region.querySelector('[data-ended]') === null)
  setTimeout(follow, 1000 * Number(region.dataset.every))
