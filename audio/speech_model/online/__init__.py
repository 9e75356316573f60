"""Training on a graphics card: speech stays in its memory and is disturbed anew at every step.

``pool`` holds the speech, ``hearing`` draws it, ``disturbing`` plays it in rooms and over lines,
``cepstra`` makes Vosk's features of it, ``wanted`` tells what the network should say, ``fitting``
trains, ``sequences`` is the loss of the last stretch, ``listener`` and ``lessons`` are the teacher,
``naming`` asks for isolated words. All of it runs on a processor too, slowly (needs torch).
"""
