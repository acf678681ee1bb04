# One function for every rank, with the name that the proposal leaves open.
# RUN: check fmt interp run diff
# FUNC: rank2
# IN A: float32[3,1] 1 2 3
# IN B: float32[1,2] 10 20
# OUT C: 11 21 12 22 13 23
from tvm.script import tir as T


def broadcast_add(a, b, c):
    @T.prim_func
    def f(
        A: T.BufferFrom(a),
        B: T.BufferFrom(b),
        C: T.BufferFrom(c),
    ) -> None:
        for i, i_a, i_b in T.broadcast_grid(A.shape, B.shape):
            with T.block("C"):
                C[*i] = A[*i_a] + B[*i_b]

    return f


rank0 = broadcast_add(
    a=T.Buffer((), "float32"), b=T.Buffer((), "float32"), c=T.Buffer((), "float32")
)
rank1 = broadcast_add(
    a=T.Buffer((4,), "float32"), b=T.Buffer((1,), "float32"), c=T.Buffer((4,), "float32")
)
rank2 = broadcast_add(
    a=T.Buffer((3, 1), "float32"), b=T.Buffer((1, 2), "float32"), c=T.Buffer((3, 2), "float32")
)
rank3 = broadcast_add(
    a=T.Buffer((2, 1, 3), "float32"),
    b=T.Buffer((4, 1), "float32"),
    c=T.Buffer((2, 4, 3), "float32"),
)
rank4 = broadcast_add(
    a=T.Buffer((1, 2, 1, 3), "float32"),
    b=T.Buffer((2, 1, 4, 1), "float32"),
    c=T.Buffer((2, 2, 4, 3), "float32"),
)
