"""The convnet of Choi et al. (2017) with fixed statistics, in torch: a second implementation beside ours."""
import h5py
import numpy as np
import torch
import torch.nn.functional as F

SAMPLES = 29 * 12000
POOLINGS = [(2, 4), (3, 4), (2, 5), (2, 4), (4, 4)]
# Keras 1.2's.
EPSILON = 1e-3


class Net:
    def __init__(self, weights_file):
        with h5py.File(weights_file) as file:
            net = file["ConvBNEluDr"]
            read = lambda name: torch.tensor(net[name][()])
            # Theano convolves, torch correlates: kernels are turned round.
            self.kernels = [torch.flip(read(f"convolution2d_{i}_W"), (2, 3)) for i in range(1, 6)]
            self.biases = [read(f"convolution2d_{i}_b") for i in range(1, 6)]
            self.gammas = [read(f"batchnormalization_{i}_gamma") for i in range(1, 6)]
            self.betas = [read(f"batchnormalization_{i}_beta") for i in range(1, 6)]
            self.filters = torch.tensor(file["melgram/param_2"][()].T).double()
        self.window = torch.tensor(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(512) / 512))

    def decibels(self, samples):
        """kapre's melspectrogram (96 x 1360); Theano's backward kernels put the window one sample later."""
        samples = np.tile(samples, -(-SAMPLES // len(samples)))[:SAMPLES]
        padded = F.pad(torch.tensor(samples, dtype=torch.float64), (257, 768))
        frames = padded.unfold(0, 512, 256)[:1360] * self.window
        power = torch.fft.rfft(frames).abs() ** 2 @ self.filters.T
        return 10 * torch.log10(power.T.clamp(min=1e-10)).float()

    def convolve(self, x, layer):
        return F.conv2d(x, self.kernels[layer], self.biases[layer], padding=1)

    def activate(self, convolved, layer, mean, variance):
        scale = self.gammas[layer] / torch.sqrt(variance + EPSILON)
        offset = self.betas[layer] - mean * scale
        x = F.elu(convolved * scale[None, :, None, None] + offset[None, :, None, None])
        return F.max_pool2d(x, POOLINGS[layer])

    def features(self, decibels, reference, means, variances):
        x = below(decibels, reference)
        out = []
        for layer in range(5):
            x = self.activate(self.convolve(x, layer), layer, means[layer], variances[layer])
            out.append(x.mean((0, 2, 3)))
        return torch.cat(out).numpy()


def below(decibels, reference):
    """Decibels below a reference, -80 at least, as the net wants them."""
    return torch.clamp(decibels - reference, min=-80)[None, None]
