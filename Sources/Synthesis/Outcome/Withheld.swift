/// A number that the data cannot carry, and why it is not given.
public struct Withheld: Hashable, Sendable {
    public var what: String
    public var why: String

    public init(_ what: String, _ why: String) {
        self.what = what
        self.why = why
    }
}
