/** What somebody tells in the prelude of S1: everything is invented. */
export const S1_TIP: Readonly<Record<string, string>> = {
  facts: 'Een gast vertelde in het hotel over eerdere reizen; ik zag hem twee avonden met lokale kinderen.',
  country: 'PH',
  place: 'Cebu',
  suspect: 'Man, rond 55 jaar, grijs haar, tatoeage van een zwaluw op de linkerhand',
  contactPolicy: 'HOTLINE_ONLY',
  contact: 'melder-fictief@voorbeeld.example',
}

/**
 * Reports as a traveller would (EX-01), knowing the address of the form only: opens it, sends `fields`, reads the code to come back
 * with. Throws when the form does not take it.
 */
export async function playIntake(
  url: string,
  fields: Readonly<Record<string, string>> = S1_TIP,
): Promise<{ readonly code: string }> {
  const form = await (await fetch(url)).text()
  const hidden = /name="form" value="([^"]+)"/.exec(form)?.[1] ?? ''
  const answer = await fetch(url, {
    method: 'POST',
    headers: { origin: new URL(url).origin },
    body: new URLSearchParams({ ...fields, form: hidden }),
  })
  const code = /([0-9A-Z]{4}-){5}[0-9A-Z]{4}/.exec(await answer.text())?.[0]
  if (!answer.ok || code === undefined) throw new Error(`the form answered ${answer.status}`)
  return { code }
}
