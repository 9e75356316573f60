"""Recordings of people as training speech: the public Norwegian corpora, or a list of one's own.

``recordings`` knows a corpus by what lies in its folder and tells what was said in which file;
``corpus_to_shards`` reads the sound and gives every word its sounds.
"""

from audio.speech_model.corpora.kinds import recordings
from audio.speech_model.corpora.recording import Recording, is_held_out
from audio.speech_model.corpora.utterances import corpus_to_shards, sounds_to_shards

__all__ = ["Recording", "corpus_to_shards", "is_held_out", "recordings", "sounds_to_shards"]
