/** Endings of image and video files, and of archives that hold them. */
const FILE =
  /\.(?:jpe?g|png|gif|webp|avif|heic|bmp|tiff?|mp4|m4v|mov|avi|mkv|webm|wmv|flv|zip|rar|7z)(?![a-z0-9])/i
const DATA = /\bdata:[a-z]+\/[a-z0-9.+-]+[;,]/i
/** 200 letters of base64 without a blank, or lines of it as mail and PEM break them: no words that somebody wrote. */
const ENCODED = /[A-Za-z0-9+/_-]{200,}|(?:[A-Za-z0-9+/_-]{60,}\s+){2,}/

/**
 * Whether a text carries or addresses imagery: a `data:` URI, encoded bytes, a file name of an image, a video or an archive. Such a text
 * is not stored; its reporter is sent to the hotline for imagery (EOKM, Meldpunt Kinderporno), which alone may receive it. A plain
 * web address is no imagery: that of an advertisement is what a tip is often about.
 */
export function pointsAtImagery(text: string): boolean {
  const plain = text.normalize('NFKC').replace(/[\u00AD\u200B-\u200F\u2060\uFEFF]/g, '')
  return DATA.test(plain) || FILE.test(plain) || ENCODED.test(plain)
}
