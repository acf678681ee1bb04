# Lanes picked from vectors that registers hold: of two rows, of one, within a local tile, and where
# the store overwrites what it reads. For compilers without vectors, `C` was reversed in place, lane
# by lane: 3 2 2 3.
# OUT B: 0 9 2 11 4 13 6 15
# OUT C: 3 2 1 0
# OUT D: 0 4 1 5 2 6 3 7
# OUT E: 2 3 4 1
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(
    B: T.Buffer((8,), "float32"),
    C: T.Buffer((4,), "int64"),
    D: T.Buffer((8,), "uint8"),
    E: T.Buffer((4,), "int32"),
):
    rows = T.alloc_buffer((2, 8), "float32")
    for i, j in T.grid(2, 8):
        rows[i, j] = T.cast(i * 8 + j, "float32")
    B[0:8] = T.Shuffle([rows[0, 0:8], rows[1, 0:8]], [0, 9, 2, 11, 4, 13, 6, 15])
    for i in range(4):
        C[i] = T.cast(i, "int64")
    C[0:4] = T.Shuffle([C[0:4]], [3, 2, 1, 0])
    tile = T.alloc_buffer((2, 4), "uint8", scope="local")
    turned = T.alloc_buffer((2, 4), "uint8", scope="local")
    for i in T.unroll(2):
        for j in T.vectorized(4):
            tile[i, j] = T.cast(i * 4 + j, "uint8")
    turned[0, 0:4] = T.Shuffle([tile[0, 0:4], tile[1, 0:4]], [0, 4, 1, 5])
    turned[1, 0:4] = T.Shuffle([tile[0, 0:4], tile[1, 0:4]], [2, 6, 3, 7])
    for i in T.unroll(2):
        for j in T.vectorized(4):
            D[i * 4 + j] = turned[i, j]
    numbers = T.alloc_buffer((8,), "int32")
    for i in range(8):
        numbers[i] = i
    numbers[1:5] = T.Shuffle([numbers[0:4], numbers[1:5]], [2, 3, 7, 1])
    for i in range(4):
        E[i] = numbers[i + 1]
