# Atomic updates of every kind, compiled: the C had no function for them.
# OUT I: 12 -3 9 8 15 7
# OUT H: 2.5 7.5
# OUT B: 3 200
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(
    I: T.Buffer((6,), "int32"),
    H: T.Buffer((2,), "float16"),
    B: T.Buffer((2,), "uint8"),
):
    S = T.alloc_buffer((1,), "float64")
    S[0] = T.float64(0)
    for i in range(6):
        I[i] = T.Select(i == 3, 12, T.Select(i == 4, 8, T.Select(i == 5, 5, 0)))
    H[0] = T.float16(1)
    B[0] = T.uint8(250)
    B[1] = T.uint8(200)
    for i in T.parallel(4):
        T.atomic_add(I[0], i * 2)
        T.atomic_min(I[1], -i)
        T.atomic_max(I[2], i * 3)
        T.atomic_and(I[3], 8 + i * 16)
        T.atomic_or(I[4], 1 << i)
    T.atomic_xor(I[5], 2)
    T.atomic_add(H[0], T.float16(1.5))
    T.atomic_add(S[0], T.float64(7.5))
    H[1] = T.Cast("float16", S[0])
    T.atomic_add(B[0], T.uint8(9))
    T.atomic_max(B[1], T.uint8(7))
