"""What both Saleor generations spell alike."""
