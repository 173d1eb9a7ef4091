import Foundation

/// The folder of the package whose tests run.
public enum Checkout {
    public static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
}
