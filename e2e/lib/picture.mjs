// SPDX-License-Identifier: EUPL-1.2
// Pictures made byte by byte: a photo with a camera's notes, one that claims to be huge, one that is none.
import { deflateSync } from 'node:zlib';

const BLOCK = 8;

/** A baseline JPEG of flat blocks: asphalt with a hole in it. `notes`: as a camera writes them, see `cameraNotes`. */
export function photo({ columns = 40, rows = 30, notes } = {}) {
  const head = [segment(0xdb, [0, ...Array(64).fill(BLOCK)]), frame(columns * BLOCK, rows * BLOCK), ...codes(), scan()];
  const exif = notes ? [segment(0xe1, [...Buffer.from('Exif\0\0', 'latin1'), ...notes])] : [];
  return Buffer.concat([mark(0xd8), ...exif, ...head, blocks(columns, rows), mark(0xd9)]);
}

/** The same picture (any JPEG) with a camera's notes. */
export function noted(jpeg, notes) {
  const exif = segment(0xe1, [...Buffer.from('Exif\0\0', 'latin1'), ...notes]);
  return Buffer.concat([jpeg.subarray(0, 2), exif, jpeg.subarray(2)]);
}

const mark = (code) => Buffer.from([0xff, code]);

function segment(code, bytes) {
  const length = bytes.length + 2;
  return Buffer.concat([mark(code), Buffer.from([length >> 8, length & 255]), Buffer.from(bytes)]);
}

const PARTS = [1, 2, 3]; // brightness, blue, red

function frame(width, height) {
  const sides = [height >> 8, height & 255, width >> 8, width & 255];
  return segment(0xc0, [8, ...sides, PARTS.length, ...PARTS.flatMap((part) => [part, 0x11, 0])]);
}

/** Twelve codes of four bits for the level of a block, one code of one bit for "nothing else in it". */
function codes() {
  const table = (kind, bits, count) => {
    const lengths = Array(16).fill(0);
    lengths[bits - 1] = count;
    return segment(0xc4, [kind, ...lengths, ...Array(count).keys()]);
  };
  return [table(0x00, 4, 12), table(0x10, 1, 1)];
}

const scan = () => segment(0xda, [PARTS.length, ...PARTS.flatMap((part) => [part, 0]), 0, 63, 0]);

function colour(x, y) {
  const inside = ((x - 0.5) / 0.28) ** 2 + ((y - 0.6) / 0.22) ** 2;
  const grain = ((x * 7919 + y * 104729) * 10) % 1;
  const light = inside < 1 ? 30 + 40 * inside : 120 + 30 * grain;
  return [light, inside < 1 ? 118 : 128, inside < 1 ? 138 : 128].map(Math.round);
}

function blocks(columns, rows) {
  const bytes = [];
  let [held, count] = [0, 0];
  const put = (value, bits) => {
    for (let bit = bits - 1; bit >= 0; bit -= 1) {
      held = (held << 1) | ((value >> bit) & 1);
      count += 1;
      if (count === 8) {
        bytes.push(held);
        if (held === 255) bytes.push(0);
        [held, count] = [0, 0];
      }
    }
  };
  const last = PARTS.map(() => 128);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      colour(column / columns, row / rows).forEach((level, part) => {
        const step = level - last[part];
        last[part] = level;
        const bits = step === 0 ? 0 : 32 - Math.clz32(Math.abs(step));
        put(bits, 4);
        put(step < 0 ? step + (1 << bits) - 1 : step, bits);
        put(0, 1);
      });
    }
  }
  put(127, (8 - count) % 8);
  return Buffer.from(bytes);
}

/** What the camera is called; it must not leave the phone. */
export const CAMERA = 'Dienstkamera 7';

/** EXIF of a photo. `taken`: `2025:03:04 09:15:00`; `place`: degrees; either may be left out. */
export function cameraNotes({ taken, place, accuracy = 4 }) {
  const ascii = (tag, text) => ({ tag, kind: 2, count: text.length + 1, bytes: Buffer.from(`${text}\0`, 'latin1') });
  const rational = (tag, ...values) => {
    const bytes = Buffer.alloc(values.length * 8);
    values.forEach((value, index) => {
      bytes.writeUInt32LE(Math.round(value * 10_000), index * 8);
      bytes.writeUInt32LE(10_000, index * 8 + 4);
    });
    return { tag, kind: 5, count: values.length, bytes };
  };
  const parts = (degrees) => {
    const minutes = (degrees % 1) * 60;
    return [Math.trunc(degrees), Math.trunc(minutes), (minutes % 1) * 60];
  };
  const below = [];
  if (taken) below.push([0x8769, [ascii(0x9003, taken)]]);
  if (place) {
    const [latitude, longitude] = place;
    below.push([0x8825, [
      ascii(1, 'N'), rational(2, ...parts(latitude)), ascii(3, 'E'), rational(4, ...parts(longitude)), rational(31, accuracy),
    ]]);
  }
  return tiff([ascii(0x010f, CAMERA)], below);
}

/** Little-endian TIFF: one directory, and those it points to. */
function tiff(entries, below) {
  const sizeOf = (list) => 2 + list.length * 12 + 4 + list.reduce((sum, one) => sum + (one.bytes.length > 4 ? one.bytes.length : 0), 0);
  const pointer = (tag, at) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(at);
    return { tag, kind: 4, count: 1, bytes };
  };
  const top = [...entries, ...below.map(([tag]) => pointer(tag, 0))];
  let at = 8 + sizeOf(top);
  const pointers = below.map(([tag, list]) => {
    const here = pointer(tag, at);
    at += sizeOf(list);
    return here;
  });
  const directories = [[...entries, ...pointers], ...below.map(([, list]) => list)];
  let start = 8;
  const written = directories.map((list) => {
    const bytes = directory(list, start);
    start += bytes.length;
    return bytes;
  });
  return Buffer.concat([Buffer.from('II*\0\x08\0\0\0', 'latin1'), ...written]);
}

function directory(list, start) {
  const head = Buffer.alloc(2 + list.length * 12 + 4);
  head.writeUInt16LE(list.length);
  const far = [];
  let at = start + head.length;
  list.forEach(({ tag, kind, count, bytes }, index) => {
    const line = 2 + index * 12;
    head.writeUInt16LE(tag, line);
    head.writeUInt16LE(kind, line + 2);
    head.writeUInt32LE(count, line + 4);
    if (bytes.length > 4) {
      head.writeUInt32LE(at, line + 8);
      far.push(bytes);
      at += bytes.length;
    } else {
      bytes.copy(head, line + 8);
    }
  });
  return Buffer.concat([head, ...far]);
}

/** A whole and valid PNG of black; a few bytes on disk, however large it claims to be. */
export function png(width, height) {
  const head = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]); // one bit a pixel, grey
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  const lines = Buffer.alloc(height * (1 + Math.ceil(width / 8)));
  const parts = [['IHDR', head], ['IDAT', deflateSync(lines, { level: 9 })], ['IEND', Buffer.alloc(0)]];
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...parts.map(([name, bytes]) => chunk(name, bytes))]);
}

function chunk(name, bytes) {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), bytes]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(bytes.length);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}

function crc32(bytes) {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ -1) >>> 0;
}

/** Bytes nobody can guess the next of, always the same for one seed. */
export function noise(length, seed = 1) {
  const bytes = Buffer.alloc(length);
  let state = seed;
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}
