// Streamed answers as their events: server-sent events, lines of JSON, and the event streams of AWS.
import { crc32 } from 'node:zlib';

const binary = 'application/vnd.amazon.eventstream';

/** The events of `bytes` as they stood there, ends included; what is neither is one. */
export function frames(bytes, type = '') {
  if (type.startsWith(binary)) {
    const found = [];
    for (let at = 0; at + 12 <= bytes.length;) {
      const length = bytes.readUInt32BE(at);
      found.push(bytes.subarray(at, at + length));
      at += length;
    }
    return found;
  }
  const text = bytes.toString();
  if (type.startsWith('text/event-stream')) return text.split(/(?<=\r?\n\r?\n)/).filter((one) => /^(data|event):/m.test(one));
  if (/ndjson|jsonl/.test(type)) return text.split(/(?<=\n)/).filter((one) => one.trim());
  return [text];
}

/** The header fields of a frame of AWS, all of which are strings here. */
export function awsFields(frame) {
  const fields = {};
  for (let at = 12, end = 12 + frame.readUInt32BE(4); at < end;) {
    const name = frame.toString('utf8', at + 1, at + 1 + frame[at]);
    const value = at + 2 + frame[at], length = frame.readUInt16BE(value);
    fields[name] = frame.toString('utf8', value + 2, value + 2 + length);
    at = value + 2 + length;
  }
  return fields;
}

/** A frame of AWS with these header fields, both sums right. */
export function awsFrame(fields, body) {
  const heads = Buffer.concat(Object.entries(fields).map(([name, value]) => {
    const length = Buffer.alloc(3);
    length[0] = 7; // a string
    length.writeUInt16BE(Buffer.byteLength(value), 1);
    return Buffer.concat([Buffer.from([Buffer.byteLength(name)]), Buffer.from(name), length, Buffer.from(value)]);
  }));
  const frame = Buffer.alloc(16 + heads.length + Buffer.byteLength(body));
  frame.writeUInt32BE(frame.length, 0);
  frame.writeUInt32BE(heads.length, 4);
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8);
  heads.copy(frame, 12);
  frame.write(body, 12 + heads.length);
  frame.writeUInt32BE(crc32(frame.subarray(0, -4)), frame.length - 4);
  return frame;
}

/** What an event is, whatever its text: its name, else which members it has. */
export function kindOf(frame, type = '') {
  if (type.startsWith(binary)) return awsFields(frame)[':event-type'] ?? awsFields(frame)[':exception-type'];
  const named = /^event: ?(.*)$/m.exec(frame);
  if (named) return named[1].trim();
  const data = frame.replace(/^data: ?/, '').trim();
  try {
    const { usage, ...event } = JSON.parse(data);
    if (usage && event.choices?.length === 0) return 'usage'; // of OpenAI, if it was asked for
    return Object.keys(event).join(' ');
  } catch {
    return data; // [DONE]
  }
}
