// @ts-check
// The code that a student's page makes and the class board reads, such as
// NN-0H3K-9QXD-7T2M-5ZZ1-4KDE: after NN, one number in groups of Crockford's base 32, which has
// no I, L, O and U. From its lowest digits on, the number holds
//
//   a check digit of 20 bits, the remainder of all the rest: a mistyped code is noticed
//   version (4 bits), chapter (5), edition of its questions (15), reader (25, random)
//   for each question, 0 for no answer or 1 and the answer's number, as mixed-radix digits
//
// A code is not signed: anyone can forge one.

const VERSION = 1;
const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CHECK = 1048573n; // the largest prime below 2 ** 20
const FIELDS = [
  ["version", 4],
  ["chapter", 5],
  ["edition", 15],
  ["reader", 25],
];
const [FEWEST, MOST] = [16, 32]; // digits of a code
export const READERS = 2 ** 25;

export class Refused extends Error {}

/**
 * What a code holds. answers: for each question null, or the answer's number.
 * @typedef {{ chapter: number, reader: number, answers: (number | null)[] }} Answers
 */

/**
 * Return the code of a reader's answers; sizes: how many answers each question has.
 * @param {Answers & { edition: number, sizes: number[] }} given
 */
export function encode({ chapter, edition, reader, answers, sizes }) {
  const values = { version: VERSION, chapter, edition, reader };
  let number = 0n;
  for (let i = sizes.length - 1; i >= 0; i -= 1) {
    const answer = answers[i];
    number = number * BigInt(sizes[i] + 1) + BigInt(answer === null ? 0 : answer + 1);
  }
  for (const [name, bits] of FIELDS.slice().reverse()) {
    number = (number << BigInt(bits)) + BigInt(values[name]);
  }
  number = (number << 20n) + (number % CHECK);
  let text = "";
  for (; number > 0n; number >>= 5n) text = DIGITS[Number(number & 31n)] + text;
  text = text.padStart(Math.max(FEWEST, Math.ceil(text.length / 4) * 4), "0");
  return `NN-${text.match(/.{4}/g)?.join("-")}`;
}

/**
 * Return what a code holds; throw Refused, with the reason, if it is no code for these chapters.
 * @param {string} code
 * @param {Record<number, { edition: number, sizes: number[] }>} chapters
 * @returns {Answers}
 */
export function decode(code, chapters) {
  const text = code.toUpperCase().replace(/[-\s]/g, "").replaceAll("O", "0");
  const digits = text.replace(/[IL]/g, "1");
  if (!/^NN[0-9A-HJKMNP-TV-Z]+$/.test(digits)) {
    throw new Refused("it is no code: expected NN-, then groups of letters and digits");
  }
  if (digits.length < 2 + FEWEST || digits.length > 2 + MOST) {
    throw new Refused("it is too short or too long: a group is missing, or there twice");
  }
  let number = 0n;
  for (const digit of digits.slice(2)) number = number * 32n + BigInt(DIGITS.indexOf(digit));
  const take = (size) => {
    const value = Number(number % size);
    number /= size;
    return value;
  };
  const check = take(1n << 20n);
  if (BigInt(check) !== number % CHECK) {
    throw new Refused("it is damaged: compare it with the student's, sign by sign");
  }
  const found = Object.fromEntries(FIELDS.map(([name, bits]) => [name, take(1n << BigInt(bits))]));
  if (found.version !== VERSION) {
    throw new Refused("it comes from another version of the book: use the same book for both");
  }
  const chapter = chapters[found.chapter];
  if (!chapter) throw new Refused(`this book has no questions for chapter ${found.chapter}`);
  if (found.edition !== chapter.edition) {
    throw new Refused(
      `the questions of chapter ${found.chapter} were others in the book that it comes from`,
    );
  }
  const answers = chapter.sizes.map((size) => {
    const value = take(BigInt(size + 1));
    return value === 0 ? null : value - 1;
  });
  if (number !== 0n) throw new Refused("it holds more answers than the chapter has questions");
  return { chapter: found.chapter, reader: found.reader, answers };
}
