/// A scale of whole-number answers: what a single person's value can be.
public struct ItemScale: Hashable, Sendable {
    /// Items that a person's value is the *mean* of; 1 for one item, and for sums of items.
    public let items: Int
    /// Lowest and highest answer to an item (of a sum: lowest and highest sum).
    public let lowest: Int
    public let highest: Int

    /// - Returns: nil where there are no items, or no room between lowest and highest, or numbers beyond a million.
    public init?(items: Int = 1, lowest: Int, highest: Int) {
        guard items >= 1, items <= 10_000, highest > lowest, lowest >= -1_000_000, highest <= 1_000_000 else {
            return nil
        }
        self.items = items
        self.lowest = lowest
        self.highest = highest
    }
}
