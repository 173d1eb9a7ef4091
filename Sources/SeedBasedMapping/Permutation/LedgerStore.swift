import Synchronization

/// Where one test of a run keeps its ledger.
///
/// It knows whether this run opened the ledger with its own key. A file of that name may be the work of another analysis,
/// which waits to be resumed: only what was opened here is removed here.
public final class LedgerStore: Sendable {
    public let path: String
    private let opened = Mutex<PermutationLedger?>(nil)

    public init(_ path: String) { self.path = path }

    /// Whether this run has opened its ledger.
    public var isOpen: Bool { opened.withLock { $0 != nil } }

    /// - Throws: `PermutationLedger.Problem` when the file belongs to another test, is damaged or cannot be written.
    func open(_ header: PermutationLedger.Header) throws -> PermutationLedger {
        let ledger = try PermutationLedger.open(path, header)
        opened.withLock { $0 = ledger }
        return ledger
    }

    /// Removes the ledger that this run opened, if it opened one, when what it holds is in the results.
    public func remove() { opened.withLock { $0 }?.remove() }
}
