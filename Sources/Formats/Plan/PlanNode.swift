import Evidence
import Yams

/// A value of the plan with its place, and the ways to read it.
struct PlanNode {
    let node: Node
    /// Name of the file, or of the command line's option.
    let path: String
    /// For text that is not a file: messages name the option alone.
    var hasLines = true

    struct Key {
        let text: String
        let source: SourceLocation
    }

    var source: SourceLocation {
        hasLines
            ? SourceLocation(file: path, line: node.mark?.line, column: node.mark?.column) : SourceLocation(file: path)
    }

    /// Whether nothing is written here.
    var isEmpty: Bool { node.scalar?.string.trimmingBlanks.isEmpty == true }

    var scalar: String? { node.scalar?.string }

    /// The elements of a list; nil when this is none.
    var list: [PlanNode]? { node.sequence.map { $0.map(child) } }

    var isMapping: Bool { node.mapping != nil }

    /// The entries of a mapping in their order; `known` nil lets every key pass.
    func entries(known: [String]?, of owner: String, remedy: String? = nil) throws(InputError) -> [(
        key: Key, value: PlanNode
    )] {
        guard let mapping = node.mapping else {
            throw InputError(
                at: source, "\(owner) should be a list of key: value lines.",
                remedy: known.map { "Known keys: \($0.joined(separator: ", "))." } ?? remedy)
        }
        var entries: [(key: Key, value: PlanNode)] = []
        for (keyNode, value) in mapping {
            guard let text = keyNode.scalar?.string else {
                throw InputError(at: child(keyNode).source, "a key of \(owner) must be a word.")
            }
            let key = Key(text: text, source: child(keyNode).source)
            if entries.contains(where: { $0.key.text == text }) {
                throw InputError(at: key.source, "the key \"\(text)\" stands twice.", remedy: "Keep one of them.")
            }
            if let known, !known.contains(text) {
                throw InputError(
                    at: key.source, "\(owner) has no key \"\(text)\".",
                    remedy: Nearest.suggestion(text, among: known, called: "keys"))
            }
            entries.append((key, child(value)))
        }
        return entries
    }

    func text(_ name: String) throws(InputError) -> String {
        guard let scalar else { throw InputError(at: source, "\(name) should be a single value.") }
        return scalar
    }

    func number(_ name: String) throws(InputError) -> Double {
        let text = try text(name)
        guard let number = NumberText.parse(text) else {
            throw InputError(at: source, "\(name) is \"\(text)\"; a number was expected.")
        }
        return number
    }

    /// One of the raw values of an enumeration.
    func choice<Value: RawRepresentable<String> & CaseIterable>(
        _ name: String, of type: Value.Type
    ) throws(InputError) -> Value {
        let text = try text(name)
        if let value = Value(rawValue: text) { return value }
        let known = Value.allCases.map(\.rawValue)
        throw InputError(
            at: source, "\(name) is \"\(text)\"; \(known.joined(separator: " or ")) was expected.",
            remedy: Nearest.match(text, among: known).map { "Did you mean \"\($0)\"?" })
    }

    private func child(_ node: Node) -> PlanNode { PlanNode(node: node, path: path, hasLines: hasLines) }
}
