"""What a panel sees of a round: a summary, one offline page and a workbook."""
