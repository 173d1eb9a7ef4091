/// The vector instructions this build of the program uses.
public enum InstructionSet {
    public static var current: String {
        #if arch(x86_64)
            "x86-64 baseline (SSE2)"
        #elseif arch(arm64)
            "arm64 (NEON)"
        #else
            "generic"
        #endif
    }
}
