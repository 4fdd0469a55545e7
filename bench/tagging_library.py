"""A library to write to: `tagging_library.py FOLDER COUNT`. Files of five containers, ten seconds each, with tags and a cover."""

import base64
import os
import subprocess
import sys

from mutagen.flac import FLAC, Picture
from mutagen.id3 import APIC, COMM, GEOB, ID3, TALB, TCON, TIT2, TKEY, TPE1, TXXX
from mutagen.mp4 import MP4, MP4Cover
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis

COVER = b'\xff\xd8\xff\xe0' + bytes((i * 37) & 0xFF for i in range(60_000))
CODECS = {
    'mp3': ['-c:a', 'libmp3lame', '-b:a', '256k', '-id3v2_version', '0'],
    'flac': ['-c:a', 'flac'],
    'ogg': ['-c:a', 'libvorbis', '-q:a', '6'],
    'opus': ['-c:a', 'libopus', '-b:a', '128k'],
    'm4a': ['-c:a', 'aac', '-b:a', '192k', '-movflags', '+faststart'],
}


def picture():
    image = Picture()
    image.type, image.mime, image.data = 3, 'image/jpeg', COVER
    return image


def tag(name, kind, number):
    if kind == 'mp3':
        tags = ID3()
        for frame in (TIT2(3, [f'Title {number}']), TPE1(3, ['Artist']), TALB(3, ['Album']), TCON(3, ['Rock']), TKEY(3, ['Gm']),
                      APIC(3, 'image/jpeg', 3, '', COVER), COMM(3, 'eng', '', ['comment']), TXXX(3, 'replaygain_track_gain', ['-3 dB']),
                      GEOB(0, 'application/octet-stream', '', 'Serato Markers2', bytes(4000))):
            tags.add(frame)
        tags.update_to_v23()
        tags.save(name, v2_version=3)
    elif kind == 'm4a':
        file = MP4(name)
        file['\xa9nam'], file['\xa9ART'], file['\xa9gen'] = [f'Title {number}'], ['Artist'], ['Rock']
        file['covr'] = [MP4Cover(COVER)]
        file.save()
    else:
        file = {'flac': FLAC, 'ogg': OggVorbis, 'opus': OggOpus}[kind](name)
        file['TITLE'], file['ARTIST'], file['GENRE'], file['REPLAYGAIN_TRACK_GAIN'] = f'Title {number}', 'Artist', 'Rock', '-3 dB'
        if kind == 'flac':
            file.add_picture(picture())
        else:
            file['METADATA_BLOCK_PICTURE'] = base64.b64encode(picture().write()).decode()
        file.save()


def main():
    folder, count = sys.argv[1], int(sys.argv[2])
    os.makedirs(folder)
    audio = {}
    for kind, options in CODECS.items():
        name = os.path.join(folder, f'audio.{kind}')
        source = 'anoisesrc=d=10:c=pink:r=44100:a=0.3:s=3,aformat=channel_layouts=stereo'
        subprocess.run(['ffmpeg', '-y', '-loglevel', 'error', '-f', 'lavfi', '-i', source, *options, name], check=True)
        with open(name, 'rb') as file:
            audio[kind] = file.read()
        os.remove(name)
    for number in range(count):
        kind = list(CODECS)[number % len(CODECS)]
        inner = os.path.join(folder, f'{number // 200:03d}')
        os.makedirs(inner, exist_ok=True)
        name = os.path.join(inner, f'{number:05d}.{kind}')
        with open(name, 'wb') as file:
            file.write(audio[kind])
        tag(name, kind, number)


main()
