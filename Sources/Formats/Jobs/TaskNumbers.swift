/// Numbers of tasks in an array job, written as Slurm's `--array` takes them: `1-3,7,9-12`.
package struct TaskNumbers: Hashable, Sendable, CustomStringConvertible {
    /// In order, each once.
    package let numbers: [Int]

    package init(_ numbers: some Sequence<Int>) { self.numbers = Set(numbers).sorted() }

    package var description: String {
        var runs: [ClosedRange<Int>] = []
        for number in numbers {
            if let last = runs.last, last.upperBound == number - 1 {
                runs[runs.count - 1] = last.lowerBound...number
            } else {
                runs.append(number...number)
            }
        }
        return runs.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
            .joined(separator: ",")
    }
}
