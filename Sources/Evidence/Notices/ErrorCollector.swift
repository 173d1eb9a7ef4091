/// Gathers what is wrong with an input, so that a person mends all of it in one go rather than one error a call.
package struct ErrorCollector {
    package private(set) var errors: [InputError] = []

    /// Past this many, reading stops: a wrong file gives an error a line.
    package static let most = 50

    package init() {}

    package var isEmpty: Bool { errors.isEmpty }
    package var isFull: Bool { errors.count >= Self.most }

    package mutating func add(_ error: InputError) { errors += error.parts }

    /// - Returns: nil where the work failed; why is kept.
    @discardableResult
    package mutating func attempt<Value>(_ work: () throws(InputError) -> Value) -> Value? {
        do {
            return try work()
        } catch {
            add(error)
            return nil
        }
    }

    /// - Throws: all errors as one, when there are any.
    package func finish() throws(InputError) {
        if let error = InputError(all: errors) { throw error }
    }
}
