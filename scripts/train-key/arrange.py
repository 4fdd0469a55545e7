"""Turns a note list into a MIDI file for a random band: programs, bass, drums, transposition, tempo."""

from random import Random

import mido

from scores import Note

TICKS = 480
# General MIDI programs (from 0) by the role they can take.
MELODY = [0, 4, 11, 16, 21, 22, 24, 25, 26, 27, 29, 30, 40, 41, 48, 52, 53, 54, 56, 57, 59, 61, 64, 65, 66, 68, 71,
          73, 74, 75, 79, 80, 81, 82, 85, 87, 104, 105]
CHORDS = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 21, 24, 25, 26, 27, 28, 29, 30, 46, 48, 49, 50, 51, 52, 61, 62, 63,
          88, 89, 90, 91, 92, 93, 94, 95]
BASS = [32, 33, 34, 35, 36, 37, 38, 39, 43, 58]
DISTORTED = {29, 30}
KICK, SNARE, RIM, CLAP, CLOSED, OPEN, RIDE, CRASH, TOM, SHAKER = 36, 38, 37, 39, 42, 46, 51, 49, 45, 70


def arrange(notes: list[Note], start: float, seconds: float, semitones: int, random: Random) -> mido.MidiFile:
    """
    A MIDI file of `seconds` from `start`, everything `semitones` higher. Pitch classes of the pitched parts are
    those of the score: octaves, instruments, loudness and tempo are free, and bass and drums are made up.
    """
    stretch = random.uniform(0.8, 1.3)
    window = [note for note in notes if note.end > start and note.start < start + seconds * stretch]
    events: list[tuple[float, int, mido.Message]] = []

    def add(channel: int, pitch: int, begin: float, end: float, velocity: float) -> None:
        begin, end = max(begin, 0.0), min(end, seconds)
        if end - begin < 0.02 or not 12 <= pitch <= 120:
            return
        velocity = int(min(max(velocity, 1), 127))
        events.append((begin, 1, mido.Message("note_on", channel=channel, note=pitch, velocity=velocity)))
        events.append((end, 0, mido.Message("note_off", channel=channel, note=pitch)))

    def program(channel: int, number: int, volume: int) -> None:
        events.append((0.0, -1, mido.Message("program_change", channel=channel, program=number)))
        events.append((0.0, -1, mido.Message("control_change", channel=channel, control=7, value=volume)))
        events.append(
            (0.0, -1, mido.Message("control_change", channel=channel, control=91, value=random.randint(0, 110)))
        )

    style = {
        "melody": random.random() < 0.85,
        "bridge": random.random() < 0.6,
        "chords": random.random() < 0.95,
        "bass": random.random() < 0.65,
        "drums": random.random() < 0.6,
    }
    if not style["melody"] and not style["chords"]:
        style["chords"] = True
    channels = {"melody": 0, "bridge": 1, "chords": 2}
    programs = {"melody": random.choice(MELODY), "bridge": random.choice(MELODY), "chords": random.choice(CHORDS)}
    octaves = {part: random.choice([-12, 0, 0, 0, 12]) for part in channels}
    loudness = {part: random.uniform(0.5, 1.1) for part in channels}
    for part, channel in channels.items():
        program(channel, programs[part], random.randint(60, 120))

    power = programs["chords"] in DISTORTED and random.random() < 0.6
    glide = random.random() < 0.3
    for note in window:
        if not style.get(note.part, True):
            continue
        begin, end = (note.start - start) / stretch, (note.end - start) / stretch
        pitch = note.pitch + semitones + octaves[note.part]
        if power and note.part == "chords" and pitch > 64:
            continue  # only the roots and fifths at the bottom, as distorted guitars play
        jitter = random.gauss(0, 0.008)
        add(channels[note.part], pitch, begin + jitter, end, note.velocity * loudness[note.part])
        if glide and note.part == "melody":
            for step in range(4):  # a singer's approach from below
                bend = int(-2048 * random.uniform(0.3, 1) * (1 - step / 3))
                message = mido.Message("pitchwheel", channel=0, pitch=bend)
                events.append((max(0.0, begin + 0.03 * step), 0, message))

    chords = [note for note in window if note.part == "chords"]
    beat = random.choice([0.4, 0.5, 0.6]) if not chords else _beat(chords, stretch)
    if style["bass"]:
        program(3, random.choice(BASS), random.randint(70, 125))
        _bass(chords, start, stretch, seconds, semitones, beat, random, add)
    if style["drums"]:
        program(9, random.choice([0, 0, 8, 16, 24, 25, 32, 40]), random.randint(60, 120))
        _drums(seconds, beat, random, add)
    return _file(events, seconds)


def _beat(chords: list[Note], stretch: float) -> float:
    """Seconds between beats, guessed from the onsets: the most frequent distance, brought into 0.3 .. 0.75 s."""
    gaps: dict[float, int] = {}
    for first, second in zip(chords, chords[1:]):
        gap = round(second.start - first.start, 2)
        if 0.1 < gap < 2:
            gaps[gap] = gaps.get(gap, 0) + 1
    beat = (max(gaps, key=lambda gap: gaps[gap]) if gaps else 0.5) / stretch
    while beat < 0.3:
        beat *= 2
    while beat > 0.75:
        beat /= 2
    return beat


def _bass(chords, start, stretch, seconds, semitones, beat, random, add) -> None:
    """The lowest sounding chord note, an octave or two down, in a random rhythm."""
    rhythm = random.choice([1, 1, 2, 4])
    length = beat * rhythm
    time = 0.0
    while time < seconds:
        at = start + time * stretch
        sounding = [note.pitch for note in chords if note.start <= at + 0.08 and note.end > at + 0.05]
        if sounding:
            pitch = min(sounding) + semitones
            while pitch > 52:
                pitch -= 12
            while pitch < 28:
                pitch += 12
            for part in range(rhythm if random.random() < 0.5 else 1):
                add(3, pitch, time + part * beat, time + (part + 0.9) * beat, random.randint(80, 120))
        time += length


def _drums(seconds, beat, random, add) -> None:
    """A one-bar pattern of eighths, repeated."""
    kick = [1 if step in (0, 4) or random.random() < 0.2 else 0 for step in range(8)]
    if random.random() < 0.3:
        kick = [1, 0] * 4
    snare = [1 if step in (2, 6) else 0 for step in range(8)]
    backbeat = random.choice([SNARE, SNARE, SNARE, RIM, CLAP])
    hat = random.choice([CLOSED, CLOSED, RIDE, SHAKER, OPEN])
    level = random.uniform(0.5, 1.1)
    step_length = beat / 2
    for step in range(int(seconds / step_length)):
        at = step * step_length
        if kick[step % 8]:
            add(9, KICK, at, at + 0.1, 110 * level)
        if snare[step % 8]:
            add(9, backbeat, at, at + 0.1, 105 * level)
        add(9, hat, at, at + 0.1, random.randint(50, 90) * level)
        if step % 64 == 0:
            add(9, random.choice([CRASH, TOM]), at, at + 0.3, 90 * level)


def _file(events, seconds: float) -> mido.MidiFile:
    midi = mido.MidiFile(ticks_per_beat=TICKS)
    track = mido.MidiTrack()
    midi.tracks.append(track)
    last = 0
    for time, _order, message in sorted(events, key=lambda event: (event[0], event[1])):
        tick = int(time * TICKS * 2)  # 120 beats a minute: 960 ticks a second
        track.append(message.copy(time=tick - last))
        last = tick
    track.append(mido.MetaMessage("end_of_track", time=max(0, int(seconds * TICKS * 2) - last)))
    return midi
