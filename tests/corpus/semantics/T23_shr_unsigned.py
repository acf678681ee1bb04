# T23: >> is logical on uint32 (I4).
# IN A: uint32[1] 2147483648
# IN B: uint32[1] 1
# OUT R: 1073741824
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "uint32"), B: T.Buffer((1,), "uint32"), R: T.Buffer((1,), "uint32")):
    for i in range(1):
        R[i] = T.shift_right(A[i], B[i])
