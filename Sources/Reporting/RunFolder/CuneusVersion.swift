/// The version of Cuneus, for reports and records.
public enum CuneusVersion {
    public static let text = "0.1.0"

    /// The compiler this was built with, as far as a program can tell.
    static var swift: String {
        #if compiler(>=6.5)
            "6.5 or later"
        #elseif compiler(>=6.4)
            "6.4"
        #elseif compiler(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }
}
