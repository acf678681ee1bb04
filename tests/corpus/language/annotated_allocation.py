# Annotations of a raw allocation, and constant data, whose elements are accessed by the pointer.
# RUN: check fmt
from tvm.script import tir as T


@T.prim_func
def main(B: T.Buffer((4,), "int32")):
    K = T.allocate_const([1, 2, 3, 4], "int32", [4])
    p = T.allocate([4], "int32", "global", annotations={"key": "value"})
    for i in range(4):
        p[i] = K[i]
    for i in range(4):
        B[i] = p[i]
