"""Writes genre and key to every file of a folder with mutagen, in place: `tagging_mutagen.py FOLDER [--fsync]`."""

import os
import sys

import mutagen
from mutagen.id3 import TCON, TKEY
from mutagen.mp4 import MP4

folder, sync = sys.argv[1], '--fsync' in sys.argv
count = 0
for root, _, names in os.walk(folder):
    for name in names:
        path = os.path.join(root, name)
        file = mutagen.File(path)
        if path.endswith('.mp3'):
            file.tags.setall('TCON', [TCON(3, ['Deep House'])])
            file.tags.setall('TKEY', [TKEY(3, ['Ebm'])])
            file.save(v2_version=3)
        elif isinstance(file, MP4):
            file['\xa9gen'] = ['Deep House']
            file['----:com.apple.iTunes:initialkey'] = [b'Ebm']
            file.save()
        else:
            file['GENRE'], file['INITIALKEY'] = 'Deep House', 'Ebm'
            file.save()
        if sync:
            handle = os.open(path, os.O_RDWR)
            os.fsync(handle)
            os.close(handle)
        count += 1
print(count)
