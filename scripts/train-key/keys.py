"""The 24 key labels in the order of src/shared/music/key.ts (C major ... B major, C minor ... B minor)."""

TONICS = ["C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B"]
LABELS = [f"{tonic} {mode}" for mode in ("major", "minor") for tonic in TONICS]
_SHARPS = {"C#": "Db", "D#": "Eb", "F#": "Gb", "G#": "Ab", "A#": "Bb", "Cb": "B", "Fb": "E", "B#": "C", "E#": "F"}


def key_index(tonic: str, mode: str) -> int:
    """Index of a key; mode is 'maj...' or 'min...' in any length and case."""
    return TONICS.index(_SHARPS.get(tonic, tonic)) + (0 if mode.lower().startswith("maj") else 12)


def transpose(index: int, semitones: int) -> int:
    """The key `semitones` higher."""
    return index // 12 * 12 + (index % 12 + semitones) % 12


def mirex(reference: int, estimate: int) -> float:
    """mir_eval.key.weighted_score: same 1, ascending fifth .5, relative .3, parallel .2."""
    if reference == estimate:
        return 1.0
    interval = (estimate % 12 - reference % 12) % 12
    if reference // 12 == estimate // 12:
        return 0.5 if interval == 7 else 0.0
    if interval == (9 if reference < 12 else 3):
        return 0.3
    return 0.2 if interval == 0 else 0.0
