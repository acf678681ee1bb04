# Loops over lists that are known when the script is read define a name in every round.
# FUNC: main
# OUT X: 0 2 4 6
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(X: T.Buffer((4,), "int32")):
    for k in [0, 1, 2, 3]:
        A = T.alloc_buffer((1,), "int32")
        A[0] = k
        A[0] = A[0] + k
        X[k] = A[0]
