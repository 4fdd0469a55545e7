"""What mutagen (and plain byte walks) find in files: one JSON object a line for each path on stdin.

{"path", "entries": [[name, digest, preview], …] in file order, "values": {"genre": […], "key": […]}, "info": {…}}
Names: ID3/TCON, ID3/COMM::eng, APE/genre, VC/GENRE, MP4/©gen, ASF/WM/Genre, INFO/IGNR, RIFF/bext, FILE/id3v1 …
"""

import hashlib
import io
import json
import os
import re
import sys

import mutagen
import mutagen.apev2
from mutagen.aac import AAC
from mutagen.asf import ASF
from mutagen.flac import FLAC, Padding, VCFLACDict
from mutagen.id3 import ID3
from mutagen.id3._tags import ID3Tags, read_frames
from mutagen.mp3 import MP3
from mutagen.mp4 import MP4
from mutagen.ogg import OggFileType
from mutagen.trueaudio import TrueAudio
from mutagen.wavpack import WavPack

_read = ID3Tags._read


def _remember(self, header, data):
    """mutagen keeps one frame a key; all that are in the file matter here, in their order."""
    self.seen, self.seen_unknown, _ = read_frames(header, data, header.known_frames)
    return _read(self, header, data)


ID3Tags._read = _remember


def digest(value):
    data = value if isinstance(value, bytes) else repr(value).encode('utf-8', 'surrogatepass')
    return hashlib.sha1(data).hexdigest()


def entry(name, value):
    return [name, digest(value), repr(value)[:80]]


def id3_entries(tags, entries, values):
    for frame in getattr(tags, 'seen', []):
        entries.append(entry(f'ID3/{frame.HashKey}', frame))
        if frame.FrameID in ('TCON', 'TCO'):
            values.setdefault('genre', []).extend(part for text in frame.text for part in str(text).split('; '))
        if frame.FrameID in ('TKEY', 'TKE'):
            values.setdefault('key', []).extend(frame.text)
    for raw in getattr(tags, 'seen_unknown', []):
        entries.append(entry('ID3/unknown', raw))


def ape_entries(tags, entries, values):
    for key, value in tags.items():
        entries.append(entry(f'APE/{key.lower()}', (key, value.kind, value.value)))
        if key.lower() == 'genre' and value.kind == 0:
            values['genre'] = list(value)
        if key.lower() == 'initialkey' and value.kind == 0:
            values['key'] = list(value)


def comment_entries(tags, entries, values):
    entries.append(entry('VC/(vendor)', tags.vendor))
    for key, value in list(tags):
        # mutagen numbers the comments that have no name.
        name = re.sub(r'^unknown\d+$', '(no name)', key)
        entries.append(entry(f'VC/{name.upper()}', (name, value)))
        if key.upper() == 'GENRE':
            values.setdefault('genre', []).append(value)
        if key.upper() == 'INITIALKEY':
            values.setdefault('key', []).append(value)


def flac_entries(file, entries, values):
    for block in file.metadata_blocks:
        if isinstance(block, VCFLACDict):
            comment_entries(block, entries, values)
        elif not isinstance(block, Padding):
            entries.append(entry(f'FLAC/{type(block).__name__}', block.write()))


def mp4_entries(file, entries, values):
    for key, value in (file.tags or {}).items():
        parts = [(bytes(v), getattr(v, 'imageformat', getattr(v, 'dataformat', None))) if isinstance(v, bytes) else v for v in value] if isinstance(value, list) else value
        entries.append(entry(f'MP4/{key}', parts))
        if key == '\xa9gen':
            values['genre'] = list(value)
        if key.lower() == '----:com.apple.itunes:initialkey':
            values['key'] = [bytes(v).decode() for v in value]
    for chapter in file.chapters or []:
        entries.append(entry('MP4/chapter', (chapter.start, chapter.title)))


def asf_entries(file, entries, values):
    for key, value in file.tags:
        shown = (type(value).__name__, value.value, value.language, value.stream)
        entries.append(entry(f'ASF/{key}', shown))
        if key == 'WM/Genre':
            values.setdefault('genre', []).append(value.value)
        if key == 'WM/InitialKey':
            values.setdefault('key', []).append(value.value)


def chunk_entries(data, entries, big):
    """Every chunk but the ID3 ones, LIST INFO item by item; gives the ID3 tag."""
    tags, long_size = b'', 0
    order = 'big' if big else 'little'
    at = 12
    while at + 8 <= len(data):
        name, size = data[at:at + 4], int.from_bytes(data[at + 4:at + 8], order)
        if name == b'data' and size == 0xFFFFFFFF and long_size:
            size = long_size
        payload = data[at + 8:at + 8 + size]
        if name == b'LIST' and payload[:4] == b'INFO':
            inner = 4
            while inner + 8 <= len(payload):
                length = int.from_bytes(payload[inner + 4:inner + 8], 'little')
                item = payload[inner + 8:inner + 8 + length]
                entries.append(entry('INFO/' + payload[inner:inner + 4].decode('latin-1'), item))
                inner += 8 + length + length % 2
        elif name == b'ds64':
            long_size = int.from_bytes(payload[8:16], 'little')
        elif name.lower() == b'id3 ':
            tags = payload
        else:
            entries.append(entry('RIFF/' + name.decode('latin-1'), payload))
        at += 8 + size + size % 2
    return tags


def atom_entries(data, entries):
    """Top-level atoms whose bytes no edit has a reason to change."""
    at = 0
    while at + 8 <= len(data):
        size, name = int.from_bytes(data[at:at + 4], 'big'), data[at + 4:at + 8]
        head = 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8:at + 16], 'big'), 16
        elif size == 0:
            size = len(data) - at
        if size < 8:
            break
        if name not in (b'moov', b'moof', b'sidx', b'mfra', b'free', b'skip'):
            entries.append(entry('ATOM/' + name.decode('latin-1'), data[at + head:at + size]))
        at += size


def raw_entries(data, entries):
    """What stands at the end of the file and in front of it, byte by byte."""
    end = len(data)
    if data[end - 128:end - 125] == b'TAG' and data[end - 131:end - 120] != b'APETAGEX':
        entries.append(entry('FILE/id3v1', data[end - 128:]))
        end -= 128
        if data[end - 227:end - 223] == b'TAG+':
            entries.append(entry('FILE/id3v1-enhanced', data[end - 227:end]))
    if data[end - 9:end] == b'LYRICS200':
        entries.append(entry('FILE/lyrics3', data[end - 15 - int(data[end - 15:end - 9]):end]))
    elif data[end - 9:end] == b'LYRICSEND':
        entries.append(entry('FILE/lyrics3', data[data.rindex(b'LYRICSBEGIN'):end]))


# By name where content misleads mutagen (an ID3 tag in front makes everything an MP3).
BY_EXTENSION = {'.aac': AAC, '.wv': WavPack, '.tta': TrueAudio, '.flac': FLAC}
ID3_IN_FRONT = (MP3, AAC, TrueAudio)


def open_with_mutagen(path):
    kind = BY_EXTENSION.get(os.path.splitext(path)[1])
    file = kind(path) if kind else mutagen.File(path)
    if file is None:
        raise ValueError('not recognised')
    return file


def add_tags(file, path, data, entries, values):
    """The entries of the file's own kind of tag."""
    if isinstance(file, FLAC):
        flac_entries(file, entries, values)
    elif isinstance(file, OggFileType):
        comment_entries(file.tags, entries, values)
    elif isinstance(file, MP4):
        mp4_entries(file, entries, values)
    elif isinstance(file, ASF):
        asf_entries(file, entries, values)
    elif isinstance(file, ID3_IN_FRONT):
        beside = {}
        if data[-160:].find(b'APETAGEX') >= 0 or b'APETAGEX' in data[-70_000:]:
            ape_entries(mutagen.apev2.APEv2(path), entries, beside)
        if data[:3] == b'ID3':
            id3_entries(ID3(path, translate=False, load_v1=False), entries, values)
        values.update({**beside, **values})
    elif isinstance(file.tags, mutagen.apev2.APEv2):
        ape_entries(file.tags, entries, values)
    elif isinstance(file.tags, ID3Tags):
        id3_entries(file.tags, entries, values)


def dump(path):
    entries, values, info = [], {}, {}
    result = {'path': path, 'entries': entries, 'values': values, 'info': info}
    with open(path, 'rb') as stream:
        data = stream.read()
    raw_entries(data, entries)
    if data[4:8] == b'ftyp':
        atom_entries(data, entries)
    if data[:4] in (b'RIFF', b'RF64', b'FORM'):
        tags = chunk_entries(data, entries, data[:4] == b'FORM')
        if data[:4] == b'RF64' and tags:  # mutagen does not open RF64.
            id3_entries(ID3(io.BytesIO(tags), translate=False), entries, values)
    try:
        file = open_with_mutagen(path)
        add_tags(file, path, data, entries, values)
    except Exception as error:  # What it can't read before, it can't read after: the message is compared.
        entries.append(entry('mutagen/error', f'{type(error).__name__} {str(error).replace(path, "")}'))
        return result
    stream = file.info
    info['kind'] = type(file).__name__
    if not isinstance(file, (MP3, AAC)):  # There it is guessed from the size of the file, tags included.
        info['length'] = round(getattr(stream, 'length', 0), 2)
    info.update({k: getattr(stream, k) for k in ('sample_rate', 'channels', 'codec') if hasattr(stream, k)})
    return result


if __name__ == '__main__':
    for line in sys.stdin:
        if line.strip():
            print(json.dumps(dump(line.rstrip('\n'))))
