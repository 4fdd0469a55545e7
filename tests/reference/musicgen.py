#!/usr/bin/env python3
"""Goldens for the MusicGen graphs: what transformers computes with tiny random checkpoints.

    python3 -m venv v && v/bin/pip install numpy torch transformers safetensors
    v/bin/python tests/reference/musicgen.py        # writes tests/reference/musicgen.json

Run by hand, not in CI. No weights are stored: `uniform` makes the same numbers here and in
tests/main/models/musicgen/checkpoint.ts, bit by bit, from the tensor's name. Everything goes through
MusicgenForConditionalGeneration with unconditional inputs, cross-attention included, as a user would run it.
"""

import base64
import json
import sys
from pathlib import Path

import numpy as np
import torch
import transformers
from transformers import EncodecConfig, MusicgenConfig, MusicgenForConditionalGeneration, T5Config
from transformers.models.musicgen.configuration_musicgen import MusicgenDecoderConfig

WINDOW_SECONDS = 30

# Sampling rates are scaled so that a second has 50 frames, as in the published models.
CONFIGS = {
    # The published architecture, small. Odd strides pad asymmetrically.
    "plain": dict(
        encodec=dict(sampling_rate=3000, num_filters=2, upsampling_ratios=[4, 5, 3], hidden_size=8, codebook_size=16,
                     use_conv_shortcut=False, num_residual_layers=1),
        decoder=dict(num_hidden_layers=3, hidden_size=32, num_attention_heads=4, ffn_dim=64, num_codebooks=4),
        new_names=False,
        lengths=[300, 1847, 89970, 90000],
    ),
    # What else the configuration allows: a shortcut convolution, dilated residual layers, three LSTM layers, other
    # kernels, heads of an odd size, scaled embeddings, two codebooks, the newer names of weight normalisation.
    "varied": dict(
        encodec=dict(sampling_rate=600, num_filters=3, upsampling_ratios=[2, 3, 2], hidden_size=6, codebook_size=32,
                     use_conv_shortcut=True, num_residual_layers=2, num_lstm_layers=3, kernel_size=5,
                     last_kernel_size=3, residual_kernel_size=5, dilation_growth_rate=3, compress=3),
        decoder=dict(num_hidden_layers=2, hidden_size=30, num_attention_heads=6, ffn_dim=50, num_codebooks=2,
                     scale_embedding=True),
        new_names=True,
        lengths=[240, 1847],
    ),
}


def uniform(name, size):
    """float64 in [-1, 1): a 32-bit hash (FNV-1a of the name, then murmur3's finaliser of a counter), 24 bits of it."""
    seed = 0x811C9DC5
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x01000193) & 0xFFFFFFFF
    x = (np.arange(size, dtype=np.uint64) * 0x9E3779B9 + seed) & 0xFFFFFFFF
    x ^= x >> 16
    x = (x * 0x85EBCA6B) & 0xFFFFFFFF
    x ^= x >> 13
    x = (x * 0xC2B2AE35) & 0xFFFFFFFF
    x ^= x >> 16
    return (x >> 8).astype(np.float64) / 2**23 - 1


def recipe_of(name, shape):
    """(offset, scale) of a tensor's values: LayerNorm weights around 1, matrices by their inputs."""
    if name.endswith("norm.weight"):
        return 1.0, 0.25
    if name.endswith(("bias", "bias_ih_l0", "bias_hh_l0")):
        return 0.0, 0.125
    if "codebook.embed" in name:
        # About what the random encoder puts out, halved from codebook to codebook.
        return 0.0, 0.5 / 2 ** int(name.split("layers.")[1].split(".")[0])
    if "embed_tokens" in name:
        return 0.0, 0.5
    if name.endswith(("weight_g", "original0")):
        return 1.5, 0.5
    return 0.0, 1.75 / np.sqrt(np.prod(shape[1:]))


def values(name, shape):
    offset, scale = recipe_of(name, shape)
    return (offset + scale * uniform(name, int(np.prod(shape)))).astype(np.float32).reshape(shape)


def audio(samples):
    """A triangle wave, noise that comes and goes, and a silent stretch: dyadic arithmetic only, so exact anywhere."""
    i = np.arange(samples)
    triangle = np.abs((i % 64) - 32) / 32 - 0.5
    swell = ((i // 16) % 64) / 64
    silent = (i // 512) % 8 == 5
    return np.where(silent, 0, 0.5 * triangle + 0.5 * swell * uniform("audio", samples)).astype(np.float32)


def build(spec):
    encodec = EncodecConfig(audio_channels=1, use_causal_conv=False, normalize=False, pad_mode="reflect",
                            norm_type="weight_norm", **spec["encodec"])
    books = spec["decoder"]["num_codebooks"]
    bits = encodec.codebook_nbits * encodec.frame_rate
    encodec.target_bandwidths = [bits * books / 1000]
    decoder = MusicgenDecoderConfig(vocab_size=encodec.codebook_size, pad_token_id=encodec.codebook_size,
                                    bos_token_id=encodec.codebook_size, activation_function="gelu",
                                    **spec["decoder"])
    # Another width than the decoder's, so that the projection between them (which has a bias) is there, too.
    text = T5Config(vocab_size=32, d_model=16, d_kv=8, d_ff=16, num_layers=1, num_heads=2,
                    decoder_start_token_id=0)
    config = MusicgenConfig(text_encoder=text, audio_encoder=encodec, decoder=decoder)
    config.decoder_start_token_id = encodec.codebook_size
    config.pad_token_id = encodec.codebook_size
    torch.manual_seed(0)
    return MusicgenForConditionalGeneration(config).eval()


OLD_NAMES = [("parametrizations.weight.original0", "weight_g"), ("parametrizations.weight.original1", "weight_v")]


def published_name(name, new_names):
    if not new_names:
        for new, old in OLD_NAMES:
            name = name.replace(new, old)
    return name


def wanted(name):
    """The tensors that listening needs: no text, no way back to audio, no logits, no cross-attention."""
    if name.startswith("audio_encoder.encoder."):
        return True
    if name.startswith("audio_encoder.quantizer."):
        return name.endswith("codebook.embed")
    return name.startswith("decoder.model.decoder.") and "encoder_attn" not in name


def fill(model, new_names):
    """Gives the model its numbers and answers the shapes of those that listening needs."""
    tensors = {}
    for name, tensor in model.state_dict().items():
        if name.startswith("text_encoder") or not tensor.is_floating_point():
            continue
        published = published_name(name, new_names)
        with torch.no_grad():
            tensor.copy_(torch.from_numpy(values(published, tuple(tensor.shape))))
        if wanted(name):
            tensors[published] = list(tensor.shape)
    return tensors


def delayed(model, codes):
    """Codes [books, frames] → decoder input [books, frames + books]: the start token, then codebook k k steps late."""
    books, frames = codes.shape
    pad = model.config.decoder.pad_token_id
    start = torch.full((books, 1), pad, dtype=torch.long)
    _, pattern = model.decoder.build_delay_pattern_mask(
        torch.cat([start, codes], dim=1), pad_token_id=pad, max_length=frames + books)
    assert pattern.shape == (books, frames + books) and (pattern >= 0).all()
    return pattern


@torch.no_grad()
def listen(model, samples):
    """Codes [books, frames] and every hidden state [state, position, hidden] of the whole, unconditional model."""
    encoded = model.audio_encoder.encode(torch.from_numpy(samples)[None, None])
    codes = encoded.audio_codes[0, 0]
    nothing = model.get_unconditional_inputs(num_samples=1)
    out = model(decoder_input_ids=delayed(model, codes), encoder_outputs=(nothing.encoder_outputs[0],),
                attention_mask=nothing.attention_mask, output_hidden_states=True)
    return codes, torch.cat(out.decoder_hidden_states)


@torch.no_grad()
def cross_attention(model, codes, states):
    """How much cross-attention adds: nothing to unconditional input, something where there is a text."""
    largest = []
    hooks = [layer.encoder_attn.register_forward_hook(lambda _m, _i, out: largest.append(out[0].abs().max().item()))
             for layer in model.decoder.model.decoder.layers]
    ids = delayed(model, codes)
    nothing = model.get_unconditional_inputs(num_samples=1)
    model(decoder_input_ids=ids, encoder_outputs=(nothing.encoder_outputs[0],),
          attention_mask=nothing.attention_mask)
    unconditional = max(largest)
    assert len(largest) == len(hooks)
    largest.clear()
    text = model(decoder_input_ids=ids, input_ids=torch.tensor([[3, 7, 9]]), output_hidden_states=True)
    conditional = max(largest)
    for hook in hooks:
        hook.remove()
    without = torch.cat(model.decoder.model.decoder(input_ids=ids, output_hidden_states=True).hidden_states)
    return {
        "largestUnconditional": unconditional,
        "largestWithText": conditional,
        "statesWithout": (without - states).abs().max().item(),
        "statesWithText": (torch.cat(text.decoder_hidden_states) - states).abs().max().item(),
    }


def packed(array, dtype):
    return base64.b64encode(np.ascontiguousarray(array, dtype=dtype).tobytes()).decode()


def golden(name, spec):
    model = build(spec)
    tensors = fill(model, spec["new_names"])
    config = model.config.to_dict()
    config.pop("text_encoder")
    clips = []
    for samples in spec["lengths"]:
        codes, states = listen(model, audio(samples))
        # All positions but the first: the start token has heard nothing.
        clip = {"samples": samples, "codes": packed(codes, "<u2"), "frames": codes.shape[1],
                "means": packed(states[:, 1:].mean(1), "<f4")}
        if samples == spec["lengths"][0]:
            clip["states"] = packed(states, "<f4")
        if samples == spec["lengths"][1]:
            check = cross_attention(model, codes, states)
        used = len(set(codes.flatten().tolist()))
        print(f"{name} {samples}: {codes.shape[1]} frames, {used} different codes, "
              f"states up to {states.abs().max():.2f}, cross-attention {check if len(clips) == 1 else ''}")
        clips.append(clip)
    keep = {part: config[part] for part in ("audio_encoder", "decoder")}
    return {"config": keep, "tensors": tensors, "clips": clips, "crossAttention": check}


def main():
    torch.set_num_threads(1)
    out = {
        "about": "Written by tests/reference/musicgen.py; arrays are base64 of little-endian uint16 or float32.",
        "transformers": transformers.__version__,
        "torch": torch.__version__,
        "models": {name: golden(name, spec) for name, spec in CONFIGS.items()},
    }
    target = Path(__file__).with_suffix(".json")
    target.write_text(json.dumps(out, separators=(",", ":")).replace('"models"', '\n"models"') + "\n")
    print(target, target.stat().st_size, "bytes")


if __name__ == "__main__":
    sys.exit(main())
