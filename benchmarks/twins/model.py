"""The trainer's model in PyTorch: the Qwen2 family, for training and for decoding with a cache.

Shapes: ``B`` rows, ``T`` positions, ``S`` positions of the cache, ``C`` channels, ``H`` query heads
on ``K`` key-value heads of ``D`` channels, ``V`` vocabulary.
"""

from __future__ import annotations

import json
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors import safe_open
from torch import Tensor, nn

from cases import ModelShape

# Added to the mean square of a norm; the trainer's.
EPSILON = 1e-6


class Cache:
    """Keys and values of a batch: a static cache, which `sample` keeps from call to call.

    ``keys`` and ``values`` hold one tensor ``[B, K, S, D]`` for each layer.
    """

    keys: list[Tensor]
    values: list[Tensor]

    def __init__(self, keys: list[Tensor], values: list[Tensor]):
        self.keys = keys
        self.values = values

    @staticmethod
    def empty(shape: ModelShape, rows: int, positions: int) -> Cache:
        # Zeros, because a masked column is multiplied by nothing but must be a number.
        size = (rows, shape.key_value_heads, positions, shape.head_width)
        return Cache(
            [torch.zeros(size) for _ in range(shape.layers)],
            [torch.zeros(size) for _ in range(shape.layers)],
        )

    def take_prompts(self, prompts: Cache, columns: int, completions: int) -> None:
        """Copies each row of another cache, its first columns, to as many rows of this one."""
        for layer in range(len(self.keys)):
            for mine, theirs in ((self.keys, prompts.keys), (self.values, prompts.values)):
                grouped = mine[layer].unflatten(0, (-1, completions))
                grouped[:, :, :, :columns] = theirs[layer][:, None, :, :columns]

    def select(self, rows: Tensor) -> Cache:
        """A cache of these rows alone, in this order."""
        return Cache(
            [keys.index_select(0, rows) for keys in self.keys],
            [values.index_select(0, rows) for values in self.values],
        )


class Block(nn.Module):
    """Attention and feed-forward; queries, keys, values are one product, and so are gate and up."""

    def __init__(self, shape: ModelShape):
        super().__init__()
        projected = shape.query_width + 2 * shape.key_value_width
        self.attention_norm = nn.Parameter(torch.ones(shape.width))
        self.projection = nn.Linear(shape.width, projected, bias=shape.attention_bias)
        self.output = nn.Linear(shape.query_width, shape.width, bias=False)
        self.feed_forward_norm = nn.Parameter(torch.ones(shape.width))
        self.gate_up = nn.Linear(shape.width, 2 * shape.feed_forward, bias=False)
        self.down = nn.Linear(shape.feed_forward, shape.width, bias=False)


class Transformer(nn.Module):
    """The whole model, embedding and vocabulary head tied.

    Args:
        rotary: how rotary positions are computed. ``"complex"`` keeps the two halves of a head as
            neighbours and multiplies complex numbers, one kernel instead of four: 3 to 4 times as
            fast in eager mode. ``"halves"`` is the usual form, which torch.compile can fuse (it
            generates no code for complex numbers). The weights of the one are those of the other
            with the channels of queries and keys in another order; see :meth:`load`.
    """

    def __init__(self, shape: ModelShape, rotary: str = "complex"):
        super().__init__()
        self.shape = shape
        self.is_complex = rotary == "complex"
        self.embedding = nn.Parameter(torch.empty(shape.vocabulary, shape.width).normal_(0, 0.05))
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.norm = nn.Parameter(torch.ones(shape.width))
        half = shape.head_width // 2
        frequencies = shape.rope_base ** (-torch.arange(half, dtype=torch.float64) / half)
        angles = torch.outer(torch.arange(shape.context, dtype=torch.float64), frequencies)
        rotations = torch.polar(torch.ones_like(angles), angles).to(torch.complex64)
        sine = angles.sin().float()
        self.register_buffer("rotations", rotations, persistent=False)  # [T, D/2]
        self.register_buffer(
            "cosines", angles.cos().float().repeat(1, 2), persistent=False
        )  # [T, D]
        self.register_buffer("sines", torch.cat([-sine, sine], -1), persistent=False)  # [T, D]

    @classmethod
    def load(cls, path: Path, rotary: str = "complex") -> Transformer:
        """The model of a file that ``ablate`` wrote; its shape stands in the file's metadata."""
        with safe_open(path, "pt") as file:
            shape = ModelShape(**json.loads(file.metadata()["shape"]))
            weights = {name: file.get_tensor(name) for name in file.keys()}
        model = cls(shape, rotary)

        def rotated(tensor: Tensor) -> Tensor:
            """Rows of queries or keys; the halves of each head as neighbours where they must be."""
            if not model.is_complex:
                return tensor
            halves = tensor.unflatten(0, (-1, 2, shape.head_width // 2))
            return halves.transpose(1, 2).flatten(0, 2)

        def projection(prefix: str, kind: str) -> Tensor:
            queries, keys, values = (weights[f"{prefix}.{name}_proj.{kind}"] for name in "qkv")
            return torch.cat([rotated(queries), rotated(keys), values])

        with torch.no_grad():
            model.embedding.copy_(weights["model.embed_tokens.weight"])
            model.norm.copy_(weights["model.norm.weight"])
            for layer, block in enumerate(model.blocks):
                name = f"model.layers.{layer}"
                block.attention_norm.copy_(weights[f"{name}.input_layernorm.weight"])
                block.projection.weight.copy_(projection(f"{name}.self_attn", "weight"))
                if shape.attention_bias:
                    block.projection.bias.copy_(projection(f"{name}.self_attn", "bias"))
                block.output.weight.copy_(weights[f"{name}.self_attn.o_proj.weight"])
                block.feed_forward_norm.copy_(weights[f"{name}.post_attention_layernorm.weight"])
                gate, up = (weights[f"{name}.mlp.{half}_proj.weight"] for half in ("gate", "up"))
                block.gate_up.weight.copy_(torch.cat([gate, up]))
                block.down.weight.copy_(weights[f"{name}.mlp.down_proj.weight"])
        return model

    def rotation(self, positions: slice | Tensor) -> tuple[Tensor, ...]:
        """What turns queries and keys at these positions: ``[T, …]``, or ``[B, T, …]``."""
        if self.is_complex:
            return (self.rotations[positions].unsqueeze(-2),)
        return self.cosines[positions].unsqueeze(-2), self.sines[positions].unsqueeze(-2)

    def rotate(self, x: Tensor, rotation: tuple[Tensor, ...]) -> Tensor:
        """Turns ``x``, ``[B, T, H, D]``, by its positions."""
        if self.is_complex:
            pairs = torch.view_as_complex(x.unflatten(-1, (-1, 2)))
            return torch.view_as_real(pairs * rotation[0]).flatten(-2)
        first, second = x.chunk(2, -1)
        return x * rotation[0] + torch.cat([second, first], -1) * rotation[1]

    def attend(
        self, block: Block, x: Tensor, rotation: tuple[Tensor, ...]
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Queries ``[B, H, T, D]``, keys and values ``[B, K, T, D]`` of normalised rows."""
        shape = self.shape
        turned, values = block.projection(x).split(
            [shape.query_width + shape.key_value_width, shape.key_value_width], -1
        )
        turned = self.rotate(turned.unflatten(-1, (-1, shape.head_width)), rotation)
        queries, keys = turned.split([shape.heads, shape.key_value_heads], -2)
        values = values.unflatten(-1, (-1, shape.head_width))
        return queries.transpose(1, 2), keys.transpose(1, 2), values.transpose(1, 2)

    def finish(self, block: Block, x: Tensor, attended: Tensor) -> Tensor:
        """The rest of a block, from what its heads attended, ``[B, H, T, D]``."""
        x = x + block.output(attended.transpose(1, 2).flatten(-2))
        hidden = F.rms_norm(x, (self.shape.width,), block.feed_forward_norm, EPSILON)
        gate, up = block.gate_up(hidden).chunk(2, -1)
        return x + block.down(F.silu(gate) * up)

    def hidden(self, tokens: Tensor) -> Tensor:
        """Rows before the vocabulary head, ``[B, T, C]``; each sees itself and those before it."""
        x = F.embedding(tokens, self.embedding)
        rotation = self.rotation(slice(0, tokens.shape[1]))
        for block in self.blocks:
            normed = F.rms_norm(x, (self.shape.width,), block.attention_norm, EPSILON)
            queries, keys, values = self.attend(block, normed, rotation)
            attended = F.scaled_dot_product_attention(
                queries, keys, values, is_causal=True, enable_gqa=True
            )
            x = self.finish(block, x, attended)
        return F.rms_norm(x, (self.shape.width,), self.norm, EPSILON)

    def hidden_of_groups(self, prompts: Tensor, completions: Tensor) -> Tensor:
        """Rows that predict the tokens of completions, each prompt run once for its whole group.

        Args:
            prompts: ``[P, T]``.
            completions: ``[P · G, N]``, without their last token; those of a prompt side by side.

        Returns:
            ``[P · G, N + 1, C]``: after the prompt, and after each token.
        """
        P, T = prompts.shape
        B, N = completions.shape
        x = torch.cat([prompts.flatten(), completions.flatten()])
        x = F.embedding(x, self.embedding).unsqueeze(1)
        positions = torch.cat([torch.arange(T).repeat(P), torch.arange(T, T + N).repeat(B)])
        rotation = self.rotation(positions[:, None])
        own = torch.ones(N, N, dtype=torch.bool).tril()
        sees = torch.cat([torch.ones(N, T, dtype=torch.bool), own], 1)
        mask = torch.zeros(sees.shape).masked_fill_(~sees, -torch.inf)

        def parts(rows: Tensor) -> tuple[Tensor, Tensor]:
            """``[P · T + B · N, heads, 1, D]`` as ``[P, heads, T, D]`` and ``[B, heads, N, D]``."""
            of_prompts, of_completions = rows.squeeze(2).split([P * T, B * N])
            return (
                of_prompts.unflatten(0, (P, T)).transpose(1, 2),
                of_completions.unflatten(0, (B, N)).transpose(1, 2),
            )

        def with_prompts(rows: tuple[Tensor, Tensor]) -> Tensor:
            """Keys or values that a completion sees, ``[B, K, T + N, D]``."""
            repeated = rows[0].repeat_interleave(B // P, 0)
            return torch.cat([repeated, rows[1]], 2)

        for block in self.blocks:
            normed = F.rms_norm(x, (self.shape.width,), block.attention_norm, EPSILON)
            queries, keys, values = map(parts, self.attend(block, normed, rotation))
            to_prompts = F.scaled_dot_product_attention(
                queries[0], keys[0], values[0], is_causal=True, enable_gqa=True
            )
            to_completions = F.scaled_dot_product_attention(
                queries[1],
                with_prompts(keys),
                with_prompts(values),
                attn_mask=mask,
                enable_gqa=True,
            )
            attended = [rows.transpose(1, 2).flatten(0, 1) for rows in (to_prompts, to_completions)]
            x = self.finish(block, x, torch.cat(attended).unsqueeze(2))
        x = F.rms_norm(x.squeeze(1), (self.shape.width,), self.norm, EPSILON)
        of_prompts, of_completions = x.split([P * T, B * N])
        last = of_prompts.unflatten(0, (P, T))[:, -1].repeat_interleave(B // P, 0)
        return torch.cat([last.unsqueeze(1), of_completions.unflatten(0, (B, N))], 1)

    def score(self, hidden: Tensor) -> Tensor:
        """Logits over the vocabulary."""
        return F.linear(hidden, self.embedding)

    def forward(self, tokens: Tensor) -> Tensor:
        """Logits of every position, ``[B, T, V]``."""
        return self.score(self.hidden(tokens))

    def prefill(
        self, tokens: Tensor, cache: Cache, positions: slice | Tensor, mask: Tensor | None = None
    ) -> Tensor:
        """Runs prompts into the first columns of the cache; logits after the last, ``[B, V]``.

        Args:
            positions: of the columns; ``[B, T]`` where prompts are padded on the left.
            mask: which columns a column sees, ``[B, 1, T, T]``; without one, itself and all before.
        """
        x = F.embedding(tokens, self.embedding)
        rotation = self.rotation(positions)
        columns = slice(0, tokens.shape[1])
        for layer, block in enumerate(self.blocks):
            normed = F.rms_norm(x, (self.shape.width,), block.attention_norm, EPSILON)
            queries, keys, values = self.attend(block, normed, rotation)
            cache.keys[layer][:, :, columns] = keys
            cache.values[layer][:, :, columns] = values
            attended = F.scaled_dot_product_attention(
                queries, keys, values, attn_mask=mask, is_causal=mask is None, enable_gqa=True
            )
            x = self.finish(block, x, attended)
        last = F.rms_norm(x[:, -1], (self.shape.width,), self.norm, EPSILON)
        return self.score(last)

    def decode(
        self,
        tokens: Tensor,
        keys: list[Tensor],
        values: list[Tensor],
        column: int,
        rotation: tuple[Tensor, ...],
        mask: Tensor | None = None,
    ) -> Tensor:
        """One token for each row, ``[B]``, into one column of the cache; logits, ``[B, V]``.

        The query heads of a key-value head stand as rows of one product, so that no key is copied.

        Args:
            rotation: of the column: see :meth:`rotation`, with one position.
            mask: which columns a row sees, ``[B, 1, 1, column + 1]``; without one, all.
        """
        shape = self.shape
        x = F.embedding(tokens.unsqueeze(1), self.embedding)
        seen = column + 1
        for layer, block in enumerate(self.blocks):
            normed = F.rms_norm(x, (shape.width,), block.attention_norm, EPSILON)
            queries, new_keys, new_values = self.attend(block, normed, rotation)
            keys[layer][:, :, column:seen] = new_keys
            values[layer][:, :, column:seen] = new_values
            grouped = (
                -1,
                shape.key_value_heads,
                shape.heads // shape.key_value_heads,
                shape.head_width,
            )
            attended = F.scaled_dot_product_attention(
                queries.reshape(grouped),
                keys[layer][:, :, :seen],
                values[layer][:, :, :seen],
                attn_mask=mask,
            )
            x = self.finish(block, x, attended.reshape(-1, shape.heads, 1, shape.head_width))
        return self.score(F.rms_norm(x[:, 0], (shape.width,), self.norm, EPSILON))
