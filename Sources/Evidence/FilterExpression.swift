/// Which experiments a model takes: a small readable expression over the columns of the study table.
///
///     task == "rest" and controlled and n1 >= 10
public struct FilterExpression: Hashable, Sendable {
    /// As written.
    public let text: String
}
