# The sugared hybrid script of the proposal: `tir.buffer_bind` and `grid`. The proposal binds `a`
# twice; here the second buffer is bound to `b`.
# RUN: check fmt interp run diff
import tvm
from tvm import tir
from tvm.hybrid import script


@tvm.hybrid.script
def myfunc(a, b):
    A = tir.buffer_bind(a, (100, 100), "float32")
    B = tir.buffer_bind(b, (100, 100), "float32")

    for i, j in grid(100, 100):
        B[i, j] = A[i, j] + 1
