"""The encoder that ``bench/scoring.py`` measures: the size of BERT-base, random weights in int8, on ONNX Runtime.

The graph is built here, layer by layer, as dynamic quantisation would leave it: activations are quantised as they come,
weights are bytes, sums are 32-bit. Its scores mean nothing; only its time does.
"""

from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from itertools import count

import numpy as np
from numpy.typing import NDArray

LAYERS, WIDTH, HEADS, INNER, VOCABULARY, OUTPUTS = 12, 768, 12, 3_072, 30_522, 7
TOKENS = 32


def can_be_had() -> bool:
    return find_spec("onnx") is not None and find_spec("onnxruntime") is not None


class Encoder:
    """One comment is TOKENS random word pieces: cutting text into word pieces is left out, to its advantage."""

    def __init__(self) -> None:
        runtime = import_module("onnxruntime")
        options = runtime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = runtime.InferenceSession(_Graph().model(), options, providers=["CPUExecutionProvider"])

    def score(self, comments: int) -> NDArray[np.float32]:
        pieces = np.random.default_rng(1).integers(0, VOCABULARY, (comments, TOKENS))
        (scores,) = self._session.run(None, {"pieces": pieces})
        return np.asarray(scores, dtype=np.float32)


class _Graph:
    def __init__(self) -> None:
        self._helper, self._numpy = import_module("onnx.helper"), import_module("onnx.numpy_helper")
        self._types = import_module("onnx").TensorProto
        self._nodes: list[object] = []
        self._constants: list[object] = []
        self._generator = np.random.default_rng(0)
        self._names = map("n{}".format, count())

    def model(self) -> bytes:
        words = self._constant(self._random(VOCABULARY, WIDTH))
        places = self._constant(self._random(TOKENS, WIDTH))
        state = self._normed(self._node("Add", self._node("Gather", words, "pieces"), places))
        for _ in range(LAYERS):
            state = self._normed(self._node("Add", state, self._attention(state)))
            inner = self._gelu(self._linear(state, WIDTH, INNER))
            state = self._normed(self._node("Add", state, self._linear(inner, INNER, WIDTH)))
        first = self._node("Gather", state, self._constant(np.array(0)), axis=1)
        scores = self._node("Sigmoid", self._linear(first, WIDTH, OUTPUTS))
        inputs = [self._helper.make_tensor_value_info("pieces", self._types.INT64, ["comments", TOKENS])]
        outputs = [self._helper.make_tensor_value_info(scores, self._types.FLOAT, ["comments", OUTPUTS])]
        graph = self._helper.make_graph(self._nodes, "encoder", inputs, outputs, self._constants)
        opsets = [self._helper.make_opsetid("", 20)]
        content: bytes = self._helper.make_model(graph, opset_imports=opsets, ir_version=10).SerializeToString()
        return content

    def _attention(self, state: str) -> str:
        query, key, value = (self._by_head(self._linear(state, WIDTH, WIDTH)) for _ in range(3))
        key = self._node("Transpose", key, perm=[0, 1, 3, 2])
        scale = self._constant(np.float32(1 / np.sqrt(WIDTH // HEADS)))
        chances = self._node("Softmax", self._node("Mul", self._node("MatMul", query, key), scale), axis=-1)
        mixed = self._node("Transpose", self._node("MatMul", chances, value), perm=[0, 2, 1, 3])
        return self._linear(self._shaped(mixed, [0, 0, WIDTH]), WIDTH, WIDTH)

    def _by_head(self, state: str) -> str:
        return self._node("Transpose", self._shaped(state, [0, 0, HEADS, WIDTH // HEADS]), perm=[0, 2, 1, 3])

    def _shaped(self, state: str, shape: Sequence[int]) -> str:
        return self._node("Reshape", state, self._constant(np.array(shape, dtype=np.int64)))

    def _linear(self, state: str, inputs: int, outputs: int) -> str:
        """Activations to bytes, an integer product, and back; the bias is added in floats."""
        quantised, scale, zero = (self._name() for _ in range(3))
        self._add("DynamicQuantizeLinear", [state], [quantised, scale, zero])
        weights = self._constant(self._generator.integers(-127, 128, (inputs, outputs), dtype=np.int8))
        product = self._node("MatMulInteger", quantised, weights, zero, self._constant(np.int8(0)))
        step = self._node("Mul", scale, self._constant(np.float32(0.02 / 127)))
        real = self._node("Mul", self._node("Cast", product, to=self._types.FLOAT), step)
        return self._node("Add", real, self._constant(self._random(outputs)))

    def _normed(self, state: str) -> str:
        ones, zeros = (self._constant(value * np.ones(WIDTH, dtype=np.float32)) for value in (1, 0))
        return self._node("LayerNormalization", state, ones, zeros, axis=-1)

    def _gelu(self, state: str) -> str:
        return self._node("Gelu", state)

    def _random(self, *shape: int) -> NDArray[np.float32]:
        return (0.02 * self._generator.standard_normal(shape, dtype=np.float32)).astype(np.float32)

    def _constant(self, value: object) -> str:
        name = self._name()
        self._constants.append(self._numpy.from_array(np.asarray(value), name))
        return name

    def _node(self, kind: str, *inputs: str, **attributes: object) -> str:
        name = self._name()
        self._add(kind, inputs, [name], **attributes)
        return name

    def _add(self, kind: str, inputs: Sequence[str], outputs: Sequence[str], **attributes: object) -> None:
        make: Callable[..., object] = self._helper.make_node
        self._nodes.append(make(kind, list(inputs), list(outputs), **attributes))

    def _name(self) -> str:
        return next(self._names)
