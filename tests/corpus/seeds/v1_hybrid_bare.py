# The listing as it stands, without imports.
# RUN: check fmt interp run diff
@tvm.hybrid.script
def myfunc(a, b):
    A = tir.buffer_bind(a, (100, 100), "float32")
    B = tir.buffer_bind(b, (100, 100), "float32")

    for i, j in grid(100, 100):
        B[i, j] = A[i, j] + 1
