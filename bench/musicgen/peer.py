#!/usr/bin/env python3
"""Their side of `bench/musicgen.ts`: transformers in PyTorch, from samples to the pooled vector of one layer.

    python bench/musicgen/peer.py --checkpoint DIR --audio FILE --layer 12 --how user|cut [--compile]

`user`: as one writes it with transformers' documentation at hand: encode, unconditional inputs, the whole model with
output_hidden_states, one of these averaged. `cut`: what a PyTorch programmer could make of it: the decoder alone, cut
behind the wanted layer, without cross-attention (it adds nothing without a text) and without logits.
The text encoder in memory is a tiny one, so peaks of memory are less than a user would see.
"""

import argparse
import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "reference"), str(ROOT / "scripts")]
from musicgen import delayed  # noqa: E402

load = __import__("musicgen-full-size").load


class NoAttention(torch.nn.Module):
    """In the place of cross-attention: what it adds to unconditional input, which is nothing."""

    def forward(self, hidden_states, **_):
        return torch.zeros_like(hidden_states), None


def cut(model, layer):
    decoder = model.decoder.model.decoder
    decoder.layers = decoder.layers[:layer]
    for block in decoder.layers:
        block.encoder_attn = NoAttention()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--checkpoint", type=Path)
    parser.add_argument("--audio", type=Path)
    parser.add_argument("--layer", type=int)
    parser.add_argument("--how", choices=["user", "cut"])
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    model = load(options.checkpoint).eval()
    samples = torch.from_numpy(np.fromfile(options.audio, "<f4"))[None, None]
    if options.how == "cut":
        cut(model, options.layer)
    encode, whole, decoder = model.audio_encoder.encode, model, model.decoder.model.decoder
    if options.compile:
        encode, whole, decoder = torch.compile(encode), torch.compile(model), torch.compile(decoder)

    @torch.no_grad()
    def run():
        codes = encode(samples).audio_codes[0, 0]
        ids = delayed(model, codes)
        if options.how == "user":
            nothing = model.get_unconditional_inputs(num_samples=1)
            out = whole(decoder_input_ids=ids, encoder_outputs=(nothing.encoder_outputs[0],),
                        attention_mask=nothing.attention_mask, output_hidden_states=True)
            state = out.decoder_hidden_states[options.layer]
        else:
            # A shallower decoder ends in the final normalisation; the state before it is the layer's.
            out = decoder(input_ids=ids, output_hidden_states=False, use_cache=False)
            state = out.last_hidden_state
        # All positions but the first: the start token has heard nothing.
        return state[0, 1:].mean(0)

    if options.how == "cut":
        decoder_module = model.decoder.model.decoder
        decoder_module.layer_norm = torch.nn.Identity()
    vector = run()
    print("{}", flush=True)
    for _ in sys.stdin:
        wall, cpu = time.perf_counter(), time.process_time()
        vector = run()
        print(json.dumps({"seconds": time.perf_counter() - wall, "cpuSeconds": time.process_time() - cpu}), flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"peakBytes": peak, "vector": vector.tolist()}), flush=True)


if __name__ == "__main__":
    main()
