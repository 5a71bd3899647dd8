import type { Language } from '#core/language.ts'
import type { PageStatus } from './page-refusal.ts'
import type { ShellTexts } from './shell.ts'

/** Words of every site: around the pages, at the door, and of what goes wrong. */
export interface SiteTexts extends Omit<ShellTexts, 'product' | 'tagline'> {
  readonly home: string
  readonly errorCode: string
  readonly errorNumber: string
  readonly signIn: {
    readonly title: string
    readonly intro: string
    readonly actor: string
    readonly passphrase: string
    readonly enter: string
    readonly leave: string
    signedInAs(name: string): string
    readonly wrong: string
    readonly wait: string
  }
  readonly errors: Readonly<Record<PageStatus, { readonly title: string; readonly text: string }>>
}

const NL: SiteTexts = {
  skip: 'Naar de inhoud',
  navigation: 'Pagina’s',
  otherLanguage: { code: 'en', name: 'English', switch: 'This page in English' },
  home: 'Naar het begin',
  errorCode: 'Foutcode',
  errorNumber: 'Nummer',
  signIn: {
    title: 'Aanmelden',
    intro: 'Wie deze toepassing beheert, geeft u een account of een startlink.',
    actor: 'Naam van het account',
    passphrase: 'Wachtzin',
    enter: 'Aanmelden',
    leave: 'Afmelden',
    signedInAs: (name) => `Aangemeld: ${name}`,
    wrong: 'Dit account en deze wachtzin horen niet bij elkaar.',
    wait: 'Te veel verkeerde pogingen. Wacht vijf minuten.',
  },
  errors: {
    400: { title: 'Deze vraag klopt niet', text: 'Een deel van het adres of formulier klopt niet.' },
    401: { title: 'Meld u aan', text: 'Voor deze pagina moet u aangemeld zijn.' },
    403: {
      title: 'Niet voor uw rol',
      text: 'Deze pagina hoort bij een andere rol, of het formulier kwam niet van deze pagina’s.',
    },
    404: { title: 'Niet gevonden', text: 'Er is hier niets onder dit adres.' },
    405: { title: 'Kan hier niet', text: 'Deze pagina neemt geen formulieren aan.' },
    409: { title: 'Te laat of dubbel', text: 'Dit is al gedaan, of er is iets tussen gekomen.' },
    413: { title: 'Te groot', text: 'Wat het formulier stuurde, is groter dan hier past.' },
    421: {
      title: 'Verkeerd adres',
      text: 'Deze pagina’s zijn alleen onder hun eigen adres op deze computer te bereiken.',
    },
    429: { title: 'Even wachten', text: 'Te veel pogingen achter elkaar. Wacht vijf minuten.' },
    500: {
      title: 'Onverwachte fout',
      text: 'Er ging iets mis dat wij niet hadden voorzien. De beheerder vindt het terug onder het nummer hieronder.',
    },
    503: { title: 'Nu niet beschikbaar', text: 'Dit is nu niet te lezen. Probeer het zo weer.' },
  },
}

const EN: SiteTexts = {
  skip: 'To the content',
  navigation: 'Pages',
  otherLanguage: { code: 'nl', name: 'Nederlands', switch: 'Deze pagina in het Nederlands' },
  home: 'To the start',
  errorCode: 'Error code',
  errorNumber: 'Number',
  signIn: {
    title: 'Sign in',
    intro: 'Whoever runs this application gives you an account or a start link.',
    actor: 'Name of the account',
    passphrase: 'Passphrase',
    enter: 'Sign in',
    leave: 'Sign out',
    signedInAs: (name) => `Signed in: ${name}`,
    wrong: 'This account and passphrase do not belong together.',
    wait: 'Too many wrong tries. Wait five minutes.',
  },
  errors: {
    400: { title: 'That request is malformed', text: 'Part of the address or form is not right.' },
    401: { title: 'Sign in', text: 'This page is for people who signed in.' },
    403: {
      title: 'Not for your role',
      text: 'This page belongs to another role, or the form did not come from these pages.',
    },
    404: { title: 'Not found', text: 'There is nothing at this address.' },
    405: { title: 'Not here', text: 'This page takes no forms.' },
    409: { title: 'Too late, or twice', text: 'This was done already, or something came between.' },
    413: { title: 'Too large', text: 'What the form sent is larger than fits here.' },
    421: {
      title: 'Wrong address',
      text: 'These pages can be reached only by their own address on this computer.',
    },
    429: { title: 'Wait a moment', text: 'Too many tries in a row. Wait five minutes.' },
    500: {
      title: 'Unexpected error',
      text: 'Something went wrong that we did not foresee. The operator can find it by the number below.',
    },
    503: { title: 'Not available now', text: 'This cannot be read at the moment. Please try again shortly.' },
  },
}

export const SITE_TEXTS: Readonly<Record<Language, SiteTexts>> = { nl: NL, en: EN }
