# Near miss: T.if_then_else(V[i], 1, 2) in the context `call`.
# IN A: uint8[8] 0 1 1 0 1 1 0 1
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module(s_tir=True)
class Module:
    @T.prim_func(private=True, s_tir=True)
    def work(A: T.Buffer((8,), "uint8"), R: T.Buffer((8,), "int32")):
        V = T.decl_buffer((8,), "bool", data=A.data)
        for i in range(8):
            R[i] = T.if_then_else(V[i], 1, 2)

    @T.prim_func(s_tir=True)
    def main(A: T.Buffer((8,), "uint8"), R: T.Buffer((8,), "int32")):
        Module.work(A, R)
