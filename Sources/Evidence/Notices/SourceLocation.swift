/// Where in the input a value was read, so that any message can point at it.
public struct SourceLocation: Hashable, Sendable, CustomStringConvertible, Codable {
    /// Path as the user gave it, or relative to the project folder.
    public var file: String
    /// One-based; nil when the whole file is meant.
    public var line: Int?
    /// One-based; only where a plan's column helps (YAML).
    public var column: Int?

    public init(file: String, line: Int? = nil, column: Int? = nil) {
        self.file = file
        self.line = line
        self.column = column
    }

    public var description: String {
        [file, line.map(String.init), column.map(String.init)].compactMap { $0 }.joined(separator: ":")
    }
}
