# As the listing calls it: `Buffer` without a module before it.
# RUN: check fmt interp run diff
from tvm.script import tir as T
from tvm.script.tir import Buffer


def broadcast_add(a, b, c):
    @T.prim_func
    def f(
        A: T.BufferFrom(a),
        B: T.BufferFrom(b),
        C: T.BufferFrom(c),
    ) -> None:
        for i, i_a, i_b in T.broadcast_grid(A.shape, B.shape):
            with T.block():
                C[*i] = A[*i_a] + B[*i_b]

    return f


f = broadcast_add(
    a=Buffer((128, 1), "float32"),
    b=Buffer((1, 128), "float32"),
    c=Buffer((128, 128), "float32"),
)
