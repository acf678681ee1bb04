# T19: a multiplicative hash wraps in uint32 (I1).
# IN A: uint32[2] 1 4294967295
# OUT R: 62955462 187443512
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((2,), "uint32"), R: T.Buffer((2,), "uint32")):
    for i in range(2):
        R[i] = (A[i] * T.uint32(2654435761) + T.uint32(12345)) * T.uint32(2246822519)
