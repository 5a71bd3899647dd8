// Leaves at once, and in place of this page: what was open here is not one step back. Escape pressed twice within a second does
// the same. Without this script the link leaves all the same.
const link = document.querySelector('[data-leave]')
let pressed = 0

function leave() {
  document.body.hidden = true
  location.replace(link.href)
}

link?.addEventListener('click', (event) => {
  event.preventDefault()
  leave()
})
document.addEventListener('keydown', (event) => {
  if (!link || event.key !== 'Escape') return
  if (event.timeStamp - pressed < 1000) leave()
  else pressed = event.timeStamp
})
